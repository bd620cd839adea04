import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { type AnswerReader, createAnswerReader } from "./answers.ts";
import { LAST_PING } from "./http2-frames.ts";
import type { Outcome, TcpInput } from "./input.ts";
import { PATIENCE } from "./patience.ts";
import { writePieces } from "./write-pieces.ts";

/** Sends inputs over connections of HTTP/1.1, and raw bytes. */
export interface TcpClient {
  play(input: TcpInput): Promise<Outcome>;
  /** Closes the connections that wait for another request. */
  close(): void;
}

export function createTcpClient(port: number): TcpClient {
  /** Connections that wait, each with what was sent on it last. */
  const idle = new Map<Socket, TcpInput>();
  function takeIdle(): [Socket, TcpInput] | undefined {
    for (const entry of idle) {
      idle.delete(entry[0]);
      // One that ended meanwhile is found destroyed.
      if (!entry[0].destroyed) return entry;
    }
    return undefined;
  }

  async function play(input: TcpInput): Promise<Outcome> {
    const keep = (socket: Socket) => void idle.set(socket, input);
    const [kept, after] = (input.reusable && takeIdle()) || [];
    const outcome = await playOn(kept ?? open(port), input, keep);
    // The server may have closed it while it was idle, which its client learns by trying.
    const wasStale = kept && outcome.end === "cut" && outcome.statuses.length === 0;
    if (wasStale) return playOn(open(port), input, keep);
    return { ...outcome, ...(after && { after }) };
  }

  return {
    play,
    close() {
      for (const socket of idle.keys()) socket.destroy();
      idle.clear();
    },
  };
}

function open(port: number): Socket {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  // Every one of them comes with a close, which is waited for.
  socket.on("error", () => {});
  return socket;
}

/** Plays an input on a connection and gives the connection back if another one can follow. */
async function playOn(socket: Socket, input: TcpInput, keep: (socket: Socket) => void): Promise<Outcome> {
  const reader = createAnswerReader(input.methods);
  const done = Promise.withResolvers<Outcome["end"]>();
  let sentAll = false;
  let timer: NodeJS.Timeout | undefined;
  let seen = "";

  const wait = (ms: number, end: Outcome["end"]) => {
    clearTimeout(timer);
    timer = setTimeout(done.resolve, ms, end);
  };
  const onData = (bytes: Buffer) => {
    if (input.frames) seen = (seen + bytes.toString("latin1")).slice(-64);
    else reader.push(bytes);
    if (input.leave?.when === "answered") leave(socket, input.leave.by, done.resolve);
    else if (isAnswered(input, reader, seen)) done.resolve("answered");
    else if (sentAll && reader.statuses.length > 0) wait(PATIENCE.more, "answered");
  };
  const onClose = () => {
    reader.end();
    done.resolve(isAnswered(input, reader, seen) ? "answered" : "cut");
  };
  socket.on("data", onData);
  socket.once("close", onClose);
  if (socket.destroyed) onClose();
  if (input.deafMs !== undefined) socket.pause();

  await send(socket, input, done.resolve);
  sentAll = true;
  if (input.deafMs !== undefined) {
    await Promise.race([sleep(input.deafMs), done.promise]);
    socket.resetAndDestroy();
    done.resolve("left");
  } else {
    wait(waitFor(input, reader), endOf(input, reader));
  }

  const end = await done.promise;
  clearTimeout(timer);
  socket.off("data", onData);
  socket.off("close", onClose);
  const isWhole = end === "answered" && reader.complete === input.methods.length;
  if (isWhole && input.reusable && !reader.closes && !socket.destroyed) keep(socket);
  else socket.destroy();
  return { statuses: reader.statuses, end, ...errorIn(reader.tail()) };
}

function isAnswered(input: TcpInput, reader: AnswerReader, seen: string): boolean {
  if (input.frames) return seen.includes(LAST_PING.toString());
  return input.methods.length > 0 && reader.complete >= input.methods.length;
}

/** What it means that nothing more comes once all is sent: an answer that has begun may have no end. */
function endOf({ expectsAnswer }: TcpInput, { statuses }: AnswerReader): Outcome["end"] {
  if (statuses.length > 0) return "answered";
  return expectsAnswer ? "silent" : "left";
}

/** How long to wait once all is sent. */
function waitFor(input: TcpInput, { statuses }: AnswerReader): number {
  if (input.leave) return PATIENCE.close;
  if (input.frames) return PATIENCE.ping;
  if (statuses.length > 0) return PATIENCE.more;
  return input.expectsAnswer ? PATIENCE.answer : PATIENCE.bytes;
}

/** Sends an input; the client that leaves does so before its answer. */
async function send(socket: Socket, input: TcpInput, done: (end: Outcome["end"]) => void): Promise<void> {
  const { leave: leaving } = input;
  if (!(await writePieces(socket, input))) return;
  if (leaving && leaving.when !== "answered") {
    if (socket.connecting)
      await Promise.race([once(socket, "connect").catch(() => {}), once(socket, "close")]);
    await nextTurn();
    leave(socket, leaving.by, done);
  }
}

function leave(socket: Socket, by: "close" | "reset" | "half", done: (end: Outcome["end"]) => void): void {
  if (by === "half") {
    socket.end();
    return;
  }
  if (by === "reset") socket.resetAndDestroy();
  else socket.destroy();
  done("left");
}

/** What the end of a body says of an error: in the trailers of gRPC-Web, or in Connect's words. */
export function errorIn(tail: string): Pick<Outcome, "code" | "message" | "text"> {
  const grpc = /grpc-status: ?(\d+)/i.exec(tail)?.[1];
  const connect = /\{"error":\{"code":"([a-z_]+)"/.exec(tail)?.[1] ?? /^\{"code":"([a-z_]+)"/.exec(tail)?.[1];
  const code = grpc === "0" ? undefined : (grpc ?? connect);
  const message = /grpc-message: ?([^\r\n]*)/i.exec(tail)?.[1] ?? /"message":"([^"]*)"/.exec(tail)?.[1];
  return {
    text: tail.slice(-300),
    ...(code !== undefined && { code, ...(message && { message: decoded(message) }) }),
  };
}

/** A message of gRPC is percent-encoded. */
export function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
