import type { Input, Outcome } from "./input.ts";

/** Statuses and codes that say that the server failed: of gRPC UNKNOWN, INTERNAL and DATA_LOSS. */
const FAILED_CODES = new Set(["2", "13", "15", "unknown", "internal", "data_loss"]);

/** What Connect's protocol says by a status that is otherwise the server's fault. */
const WORDED = new Map([
  [501, "unimplemented"],
  [504, "deadline_exceeded"],
]);

/** What its handlers say of streams in both directions over HTTP/1.1. */
const VERSION_NOT_SUPPORTED = 505;

/** The protocols of RPCs, as `rpcInput` names its doors. */
const RPC_DOORS = ["grpc", "grpc-web", "connect", "connect-get", "http/1.1 bytes", "http/2 frames"];

/** RST_STREAM's way to say the same. */
const INTERNAL_RESET = "reset with 2";

/** What is wrong with an outcome, in a few words that are the same for each failure of the kind; null if nothing is. */
export function wrongWith(input: Input, outcome: Outcome): string | null {
  const { statuses, code, end, reason } = outcome;
  const status = statuses.find((each) => each >= 500 && each !== 503 && !isWorded(each, input, code));
  if (status !== undefined) return `status ${status}`;
  if (statuses.includes(504) && !namesDeadline(input)) return "status 504";
  if (code !== undefined && FAILED_CODES.has(code)) return `code ${code}`;
  if (reason === INTERNAL_RESET && end === "cut") return reason;
  if (!input.expectsAnswer) return null;
  if (end === "silent") return "no answer";
  if (end === "cut") return statuses.length === 0 ? "cut before the answer" : "answer cut short";
  return null;
}

function isWorded(status: number, { door, leave }: Input, code: string | undefined): boolean {
  if (status === VERSION_NOT_SUPPORTED) return RPC_DOORS.includes(door);
  // A client that leaves need not have seen the words.
  if (leave && WORDED.has(status)) return RPC_DOORS.includes(door);
  return code !== undefined && WORDED.get(status) === code;
}

/**
 * What failures of one kind have in common: what is wrong, the door, and what the server says of it or, where it says
 * nothing, the route.
 */
export function kindOf(wrong: string, { door, route }: Input, { text, message }: Outcome): string {
  const said = message ?? /"(?:message|detail)":"([^"]*)"/.exec(text ?? "")?.[1];
  return `${wrong}: ${door}: ${said ? said.replaceAll(/\d+/g, "#").slice(0, 100) : route}`;
}

function namesDeadline(input: Input): boolean {
  if (input.via === "http2") return "connect-timeout-ms" in input.headers;
  return input.pieces.some((piece) => piece.includes("connect-timeout-ms"));
}
