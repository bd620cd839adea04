import { create, toBinary } from "@bufbuild/protobuf";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import { SpansFramingSchema } from "../../../gen/skein/framing/v1/spans_pb.ts";
import {
  type ConversationSpans as ConversationSpansMessage,
  ConversationSpansSchema,
  type SpansRequest,
  SpansRequestSchema,
  type StreamSpansRequest,
  type StreamSpansResponse,
  StreamSpansResponseSchema,
  SpanView as ViewMessage,
} from "../../../gen/skein/v1/span_pb.ts";
import { ThreadService } from "../../../gen/skein/v1/thread_service_pb.ts";
import { InvalidRequestError, TooLargeError } from "../../model/base/errors.ts";
import { type ConversationSpansQuery, MAX_CONVERSATION_IDS, type SpanView } from "../../model/traces/span.ts";
import type { ConversationSpans } from "../../store/roles/spans.ts";
import type { DoorContext } from "../kit/door.ts";
import { serveByCodec } from "../kit/rpc/by-codec.ts";
import { countAnswer, readOptions } from "../kit/rpc/call-answer.ts";
import { MAX_STREAM_MESSAGE_BYTES, messageBytes } from "../kit/rpc/message-size.ts";
import { readTimestamp } from "../kit/rpc/timestamps.ts";
import { feedbackBytes, spanBytes, toFeedbackMessage, toSpanMessage } from "./conversation-messages.ts";
import { readEnum, readProject } from "./fields.ts";

const VIEWS: Record<ViewMessage, SpanView> = {
  [ViewMessage.UNSPECIFIED]: "basic",
  [ViewMessage.BASIC]: "basic",
  [ViewMessage.FULL]: "full",
  [ViewMessage.MESSAGES]: "messages",
};

/** What the mark that more follows takes. */
const CONTINUES_BYTES = 2;

/** `Spans` with an answer whose conversations are bytes. */
const framedSpans = { ...ThreadService.method.spans, output: SpansFramingSchema };

/**
 * Spans: all spans and feedback of the conversations asked for, in one message.
 *
 * Costs an index lookup per conversation and the rows it returns, no payload; in memory the answer, of which no more is
 * read than the message limit lets through. A binary answer is encoded conversation by conversation as they are read; a
 * JSON answer by the runtime, all at once (some 10 ms a megabyte).
 */
export function serveSpans(router: ConnectRouter, context: DoorContext): void {
  serveByCodec(router, {
    binary: ({ rpc }) =>
      rpc(framedSpans, async (request, handler) => {
        const conversations: Uint8Array[] = [];
        for await (const conversation of wholeConversations(request, handler, context)) {
          conversations.push(toBinary(ConversationSpansSchema, conversation));
        }
        return { conversations };
      }),
    json: ({ rpc }) =>
      rpc(ThreadService.method.spans, async (request, handler) => ({
        conversations: await Array.fromAsync(wholeConversations(request, handler, context)),
      })),
  });
}

async function* wholeConversations(
  request: SpansRequest,
  handler: HandlerContext,
  context: DoorContext,
): AsyncGenerator<ConversationSpansMessage> {
  const query = readQuery(request, handler, context, []);
  const conversations: ConversationSpansMessage[] = [];
  const count = countAnswer(handler, context.limits.rpcBytes, tooLarge);
  for await (const batch of context.store.querySpans(query, readOptions(handler))) {
    for (const entry of batch) {
      count(entryBytes(entry));
      append(conversations, entry);
      if (!entry.continues) yield conversations.pop()!;
    }
  }
}

/**
 * StreamSpans: what Spans returns, in messages under 1 MiB.
 *
 * Costs what Spans costs, but in memory a batch, however slowly the client reads.
 */
export function streamSpans(context: DoorContext) {
  return async function* (
    request: StreamSpansRequest,
    handler: HandlerContext,
  ): AsyncGenerator<StreamSpansResponse> {
    const query = readQuery(request.query ?? create(SpansRequestSchema), handler, context, ["query"]);
    for await (const batch of context.store.querySpans(query, readOptions(handler))) {
      let message = create(StreamSpansResponseSchema);
      let bytes = 0;
      for (const entry of batch.flatMap(split)) {
        const size = entryBytes(entry);
        if (bytes + size > MAX_STREAM_MESSAGE_BYTES && bytes > 0) {
          yield message;
          message = create(StreamSpansResponseSchema);
          bytes = 0;
        }
        append(message.conversations, entry);
        bytes += size;
      }
      if (bytes > 0) yield message;
    }
  };
}

function readQuery(
  request: SpansRequest,
  handler: HandlerContext,
  context: DoorContext,
  path: string[],
): ConversationSpansQuery {
  const { projectId, conversationIds, startedAfter, startedBefore, maxSpansPerConversation } = request;
  if (conversationIds.length > MAX_CONVERSATION_IDS) {
    const message = `are ${conversationIds.length}, at most ${MAX_CONVERSATION_IDS} are allowed`;
    throw new InvalidRequestError([{ path: [...path, "conversation_ids"], message }]);
  }
  return {
    projectId: readProject(projectId, handler, context),
    now: context.now(),
    conversationIds,
    startedAfter: readTimestamp(startedAfter, [...path, "started_after"]),
    startedBefore: readTimestamp(startedBefore, [...path, "started_before"]),
    maxSpansPerConversation: maxSpansPerConversation || null,
    view: readEnum(VIEWS, request.view, [...path, "view"]),
  };
}

/** Adds an entry to a message; one that goes on with the message's last conversation is joined to it. */
function append(conversations: ConversationSpansMessage[], entry: ConversationSpans): void {
  let last = conversations.at(-1);
  if (!last?.continues) {
    last = create(ConversationSpansSchema, { conversationId: entry.conversationId });
    conversations.push(last);
  }
  for (const span of entry.spans) last.spans.push(toSpanMessage(span));
  for (const feedback of entry.feedback) last.spansFeedback.push(toFeedbackMessage(feedback));
  last.continues = entry.continues;
}

/** Cuts an entry into ones that each fit a message of a stream, unless a single span or feedback does not. */
function split(entry: ConversationSpans): ConversationSpans[] {
  if (entryBytes(entry) <= MAX_STREAM_MESSAGE_BYTES) return [entry];
  const parts: ConversationSpans[] = [];
  const whole = { ...entry, spans: [], feedback: [] };
  let bytes = 0;
  const room = (size: number): ConversationSpans => {
    bytes += size;
    if (parts.length === 0 || bytes > MAX_STREAM_MESSAGE_BYTES) {
      parts.push({ ...whole, spans: [], feedback: [], continues: true });
      bytes = messageBytes(CONTINUES_BYTES, entry.conversationId) + size;
    }
    return parts.at(-1)!;
  };
  for (const span of entry.spans) room(spanBytes(span)).spans.push(span);
  for (const feedback of entry.feedback) room(feedbackBytes(feedback)).feedback.push(feedback);
  parts.at(-1)!.continues = entry.continues;
  return parts;
}

function entryBytes(entry: ConversationSpans): number {
  let bytes = messageBytes(CONTINUES_BYTES, entry.conversationId);
  for (const span of entry.spans) bytes += spanBytes(span);
  for (const feedback of entry.feedback) bytes += feedbackBytes(feedback);
  return bytes;
}

function tooLarge(limit: number): TooLargeError {
  return new TooLargeError(
    `the answer is over the limit of ${limit} bytes: call StreamSpans, or set max_spans_per_conversation`,
  );
}
