/** What a client sends and how it behaves. All of it is data, so that it can be kept as a fixture and sent again. */
export type Input = TcpInput | Http2Input;

interface Common {
  /** The route, RPC or kind of raw bytes, for counts and reports. */
  route: string;
  /** The dialect or protocol, likewise. */
  door: string;
  /** When the client goes away by itself; never, if it is not there. */
  leave?: Leave;
  /** A whole, well framed request, whose client waits: the server must answer it. */
  expectsAnswer?: boolean;
  /** Milliseconds between the pieces of what is sent; such a client is slow. */
  pauseMs?: number;
  /** Milliseconds for which the client reads nothing, before it leaves. */
  deafMs?: number;
}

/** Bytes on a connection: well framed requests of HTTP/1.1 and whatever else. */
export interface TcpInput extends Common {
  via: "tcp";
  pieces: Buffer[];
  /** The method of each request in it, as far as they are well framed: by them it is known when all are answered. */
  methods: string[];
  /** Whether another request can follow on the same connection. */
  reusable?: boolean;
  /** Speaks HTTP/2 in raw frames, of which the last is a PING: its echo says that all before it was read. */
  frames?: boolean;
}

/** A request of HTTP/2 as a stream among others. */
export interface Http2Input extends Common {
  via: "http2";
  headers: Record<string, string>;
  /** No pieces: the headers end the stream. */
  pieces: Buffer[];
}

/** How a client goes away. */
export interface Leave {
  /** While it still sends, after the last piece, or once an answer begins to arrive. */
  when: "sending" | "sent" | "answered";
  /** Closing, resetting, or closing its own direction only and waiting then. */
  by: "close" | "reset" | "half";
}

/** What came of an input. */
export interface Outcome {
  /** The HTTP statuses of the answers. */
  statuses: number[];
  /** The gRPC status or Connect code of the answer, where it has one other than OK. */
  code?: string;
  /** How it ended: answered, left by the client, cut by the server, or silent for too long. */
  end: "answered" | "left" | "cut" | "silent" | "refused";
  /** Why the server cut a stream, where it says so. */
  reason?: string;
  /** What the status of an RPC says in words. */
  message?: string;
  /** How the last answer ends. */
  text?: string;
  /** What was sent before on the same connection. */
  after?: Input;
}

/** An input in JSON: bytes that are plain ASCII as text, others in base64. */
export function toJson(input: Input): unknown {
  return { ...input, pieces: input.pieces.map(pieceToJson) };
}

/** The input that `toJson` wrote. */
export function fromJson(json: unknown): Input {
  const { pieces, ...input } = json as Omit<Input, "pieces"> & { pieces: unknown[] };
  return { ...input, pieces: pieces.map(pieceFromJson) } as Input;
}

const PLAIN = /^[\t\r\n\x20-\x7e]*$/;

function pieceToJson(bytes: Buffer): unknown {
  const text = bytes.toString("latin1");
  return PLAIN.test(text) ? text : { base64: bytes.toString("base64") };
}

function pieceFromJson(piece: unknown): Buffer {
  if (typeof piece === "string") return Buffer.from(piece, "latin1");
  return Buffer.from((piece as { base64: string }).base64, "base64");
}
