import { base64Decode } from "@bufbuild/protobuf/wire";
import {
  Code,
  ConnectError,
  createContextKey,
  type HandlerContext,
  type Interceptor,
} from "@connectrpc/connect";

/**
 * Whatever the runtime raises while it reads a request is the client's fault, and INVALID_ARGUMENT unless the runtime has
 * a better name for it: it calls a message that does not parse, or does not decompress, INTERNAL.
 */

/** Whether a call's message has been read: what is raised from then on comes of what is done with it. */
const isReadKey = createContextKey(false);

/** Why the signal of a call aborts that has ended well. Made once: it takes as long as a short read. */
const ENDED = new DOMException("the call has ended", "AbortError");

/** The longest a message about a fault is, in characters: the runtime's repeat what they are about. */
const MAX_MESSAGE_LENGTH = 512;

/**
 * Blames the client for what is raised until a call's message has been read. Every call passes this before.
 *
 * @throws ConnectError for a message in the query that is not base64, for which the runtime has no error of its own
 */
export function blameClientWhileReading(call: HandlerContext): void {
  // No interceptor sees these errors, but the runtime ends a call with its error before it writes that to the client.
  const ending = call as HandlerContext & { abort(reason?: unknown): void };
  const { abort } = ending;
  ending.abort = (reason) => {
    if (!call.values.get(isReadKey)) blameClient(reason);
    if (reason instanceof ConnectError) tellCompressions(reason, call);
    makeWritable(reason);
    abort(reason ?? ENDED);
  };
  if (call.requestMethod === "GET") checkBase64(new URL(call.url).searchParams);
}

/** Notices that a call's message has been read. Those of a stream are read one by one, as its handler asks for them. */
export const readingInterceptor: Interceptor = (next) => (request) => {
  request.contextValues.set(isReadKey, true);
  return next(request.stream ? { ...request, message: blamed(request.message) } : request);
};

async function* blamed<T>(messages: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* messages;
  } catch (error) {
    blameClient(error);
    // What is no error of the runtime's is one of the connection.
    throw ConnectError.from(error, Code.Canceled);
  }
}

function blameClient(error: unknown): void {
  if (!(error instanceof ConnectError)) return;
  const { code, rawMessage } = error;
  Object.assign(error, {
    code: code === Code.Internal ? Code.InvalidArgument : code,
    rawMessage:
      rawMessage.length > MAX_MESSAGE_LENGTH ? `${rawMessage.slice(0, MAX_MESSAGE_LENGTH)} …` : rawMessage,
  });
}

/** Half a surrogate pair, which a client can write in JSON and a message repeat, is nothing that a trailer can hold. */
function makeWritable(error: unknown): void {
  if (!(error instanceof ConnectError) || error.rawMessage.isWellFormed()) return;
  Object.assign(error, { rawMessage: error.rawMessage.toWellFormed() });
}

/** Says which compressions are known, where that is the fault: the runtime keeps it to itself. */
function tellCompressions({ metadata }: ConnectError, { responseHeader }: HandlerContext): void {
  metadata.forEach((value, name) => {
    if (name.endsWith("accept-encoding")) responseHeader.set(name, value);
  });
}

function checkBase64(query: URLSearchParams): void {
  try {
    if (query.get("base64") === "1") base64Decode(query.get("message") ?? "");
  } catch (error) {
    throw new ConnectError("the message is not base64", Code.InvalidArgument, undefined, undefined, error);
  }
}
