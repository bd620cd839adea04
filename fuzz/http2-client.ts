import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Http2Input, Outcome } from "./input.ts";
import { PATIENCE } from "./patience.ts";
import { decoded, errorIn } from "./tcp-client.ts";
import { writePieces } from "./write-pieces.ts";

/** Sends inputs as streams of HTTP/2 sessions that several share. */
export interface Http2Client {
  play(input: Http2Input): Promise<Outcome>;
  close(): void;
}

/** After so many streams a session is replaced: sessions begin and end all the time, as they do in the world. */
const STREAMS_OF_A_SESSION = 1000;

const SESSIONS = 3;

const KEPT_BYTES = 2048;

export function createHttp2Client(port: number): Http2Client {
  /** Clients that go away share sessions of their own: a server may end those, with all streams in them. */
  const patient = createSessions(port);
  const leaving = createSessions(port);
  return {
    async play(input) {
      // A client that does not read fills the window of the whole session.
      if (input.deafMs === undefined) return playOn((input.leave ? leaving : patient).next(), input);
      const session = openSession(port);
      const outcome = await playOn(session, input);
      session.destroy();
      return outcome;
    },
    close() {
      patient.close();
      leaving.close();
    },
  };
}

function createSessions(port: number) {
  const places: ({ session: ClientHttp2Session; streams: number } | undefined)[] = [];
  let turn = 0;
  return {
    next(): ClientHttp2Session {
      turn = (turn + 1) % SESSIONS;
      let place = places[turn];
      if (place && place.streams >= STREAMS_OF_A_SESSION) place.session.close();
      if (!place || place.session.closed || place.session.destroyed) {
        place = { session: openSession(port), streams: 0 };
        places[turn] = place;
      }
      place.streams += 1;
      return place.session;
    },
    close() {
      for (const place of places.splice(0)) place?.session.destroy();
    },
  };
}

function openSession(port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`);
  session.setMaxListeners(0);
  // Its streams end with it, which is what is waited for.
  session.on("error", () => {});
  return session;
}

async function playOn(session: ClientHttp2Session, input: Http2Input): Promise<Outcome> {
  let stream: ClientHttp2Stream;
  try {
    stream = session.request(input.headers, { endStream: input.pieces.length === 0 });
  } catch (error) {
    return { statuses: [], end: "refused", reason: String(error) };
  }
  const outcome: Outcome = { statuses: [], end: "cut" };
  const closed = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  let tail = "";
  const patience = (ms: number, end: Outcome["end"]) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      outcome.end = end;
      stream.close(constants.NGHTTP2_CANCEL);
    }, ms);
  };
  const takeStatus = (headers: IncomingHttpHeaders) => {
    const { "grpc-status": status, "grpc-message": message } = headers;
    if (status === undefined || status === "0") return;
    outcome.code = String(status);
    if (message !== undefined) outcome.message = decoded(String(message));
  };

  stream.on("response", (headers) => {
    outcome.statuses.push(Number(headers[":status"]));
    takeStatus(headers);
    if (input.leave?.when === "answered") leave(stream, input, outcome);
    else if (input.deafMs === undefined) patience(PATIENCE.more, "answered");
  });
  stream.on("trailers", takeStatus);
  if (input.deafMs === undefined) {
    stream.on("data", (bytes: Buffer) => {
      tail = (tail + bytes.toString("latin1", Math.max(0, bytes.length - KEPT_BYTES))).slice(-KEPT_BYTES);
      timer?.refresh();
    });
  }
  stream.once("end", () => {
    if (outcome.end === "cut" && outcome.statuses.length > 0) outcome.end = "answered";
    // The server is done; so are we, whatever of the body is not sent yet.
    stream.close();
  });
  stream.on("error", () => {});
  stream.once("close", closed.resolve);
  patience(input.expectsAnswer ? PATIENCE.answer : PATIENCE.close, input.expectsAnswer ? "silent" : "left");

  await send(stream, input, outcome);
  if (input.deafMs !== undefined) {
    await sleep(input.deafMs);
    outcome.end = "left";
    // A stream that is only closed waits until what came on it is read.
    session.destroy();
  }
  await closed.promise;
  clearTimeout(timer);
  const isCut = outcome.end === "cut";
  // A session that ended, or a stream that was never looked at, says nothing of the request.
  const isRefused = isCut && (session.destroyed || stream.rstCode === constants.NGHTTP2_REFUSED_STREAM);
  return {
    ...errorIn(tail),
    ...outcome,
    ...(isRefused && { end: "refused" as const }),
    ...(isCut && { reason: `reset with ${stream.rstCode}` }),
  };
}

async function send(stream: ClientHttp2Stream, input: Http2Input, outcome: Outcome): Promise<void> {
  const { leave: leaving } = input;
  if (!(await writePieces(stream, input))) return;
  if (leaving && leaving.when !== "answered") {
    await nextTurn();
    leave(stream, input, outcome);
  } else if (!stream.writableEnded) {
    stream.end();
  }
}

function leave(stream: ClientHttp2Stream, { leave }: Http2Input, outcome: Outcome): void {
  if (stream.closed) return;
  if (leave?.by === "half") {
    stream.end();
    return;
  }
  outcome.end = "left";
  stream.close(leave?.by === "reset" ? constants.NGHTTP2_INTERNAL_ERROR : constants.NGHTTP2_CANCEL);
}
