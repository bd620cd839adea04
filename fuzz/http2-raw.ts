import { type Catalogue, pathOf } from "./catalogue.ts";
import { FLAG, FRAME, frame, headerBlock, LAST_PING, numbers, PREFACE, settings } from "./http2-frames.ts";
import type { Input } from "./input.ts";
import { cut, mutateBytes } from "./odd.ts";
import type { Rng } from "./rng.ts";

/** A session of HTTP/2 in raw frames, with a few moves in it that no client makes. */
export function http2RawInput(catalogue: Catalogue, rng: Rng): Input {
  const targets = [...catalogue.rest.map(({ url }) => url), ...catalogue.rpcs.map(pathOf)];
  const session: Session = { rng, target: () => rng.pick(targets), next: 1 };
  const names = Object.keys(MOVES) as (keyof typeof MOVES)[];
  const moves = Array.from({ length: rng.from(1, 5) }, () => rng.pick(rng.chance(0.6) ? BORNE : names));
  const first = rng.chance(0.95) ? settings(...oddSettings(rng, 0.2)) : Buffer.alloc(0);
  const bytes = Buffer.concat([PREFACE, first, ...moves.map((name) => MOVES[name](session))]);
  const sent = rng.chance(0.1) ? mutateBytes(bytes, rng) : bytes;
  const leave = rng.chance(0.4) ? rng.pick(["close", "reset", "half"] as const) : null;
  return {
    via: "tcp",
    door: "http/2 frames",
    route: moves[0]!,
    frames: true,
    pieces: [...cut(sent, rng, rng.pick([1, 1, 3])), frame(FRAME.ping, 0, 0, LAST_PING)],
    methods: [],
    ...(leave && { leave: { when: rng.pick(["sending", "sent", "answered"] as const), by: leave } }),
    ...(rng.chance(0.03) && { deafMs: rng.pick([300, 2000]) }),
  };
}

interface Session {
  rng: Rng;
  target: () => string;
  /** The id of the next stream. */
  next: number;
}

/** What a client can do in a session, right or wrong. */
const MOVES = {
  request: (session: Session) => request(session),
  requests: (session: Session) => many(session.rng.from(2, 30), () => request(session)),
  unfinished: (session: Session) => open(session, 0),
  rapidReset(session: Session) {
    return many(session.rng.pick([5, 50, 150]), () => Buffer.concat([request(session), resetLast(session)]));
  },
  resetUnopened: (session: Session) => frame(FRAME.reset, 0, session.next + 20, numbers(8)),
  noWindow: (session: Session) =>
    Buffer.concat([settings([4, 0]), many(session.rng.from(1, 20), () => request(session))]),
  settings: ({ rng }: Session) => settings(...oddSettings(rng, 1)),
  settingsFlood: ({ rng }: Session) => many(rng.pick([10, 100, 500]), () => settings()),
  settingsAck: () => frame(FRAME.settings, FLAG.ack, 0, Buffer.alloc(0)),
  badSettings: ({ rng }: Session) =>
    frame(FRAME.settings, rng.below(2), rng.below(2), rng.bytes(rng.from(1, 7))),
  pingFlood: ({ rng }: Session) =>
    many(rng.pick([10, 100, 500]), () => frame(FRAME.ping, 0, 0, rng.bytes(8))),
  badPing: ({ rng }: Session) => frame(FRAME.ping, 0, rng.below(2), rng.bytes(rng.from(0, 9))),
  priorities: (session: Session) =>
    many(100, (index) =>
      frame(
        FRAME.priority,
        0,
        session.next + 2 * index,
        Buffer.concat([numbers(index), session.rng.bytes(1)]),
      ),
    ),
  priorityOfItself: ({ next }: Session) =>
    frame(FRAME.priority, 0, next, Buffer.concat([numbers(next), Buffer.from([1])])),
  windowOverflow: ({ rng, next }: Session) =>
    many(2, () =>
      frame(FRAME.window, 0, rng.pick([0, Math.max(1, next - 2)]), numbers(rng.pick([0, 2 ** 31 - 1, 1]))),
    ),
  continuations(session: Session) {
    const { rng } = session;
    const stream = take(session);
    const parts = cut(
      headerBlock([
        ...pseudo(session),
        ...Array.from({ length: 40 }, (): [string, string] => ["x-a", "b".repeat(20)]),
      ]),
      rng,
      30,
    );
    const [first = Buffer.alloc(0), ...rest] = parts;
    const last = rng.chance(0.5) ? FLAG.endHeaders : 0;
    return Buffer.concat([
      frame(FRAME.headers, FLAG.endStream, stream, first),
      ...rest.map((part) => frame(FRAME.continuation, 0, stream, part)),
      frame(FRAME.continuation, last, stream, Buffer.alloc(0)),
    ]);
  },
  continuationFlood(session: Session) {
    const stream = take(session);
    return Buffer.concat([
      frame(FRAME.headers, 0, stream, headerBlock(pseudo(session))),
      many(session.rng.pick([20, 300]), () =>
        frame(FRAME.continuation, 0, stream, headerBlock([["x-long", "y".repeat(200)]])),
      ),
    ]);
  },
  interruptedHeaders(session: Session) {
    return Buffer.concat([
      frame(FRAME.headers, 0, take(session), headerBlock(pseudo(session))),
      frame(FRAME.ping, 0, 0, Buffer.alloc(8)),
    ]);
  },
  oddHeaders: (session: Session) => headers(session, FLAG.endStream, oddHeaders(session)),
  brokenHeaders({ rng, ...session }: Session) {
    const block = rng.pick([
      Buffer.from([0x80]),
      Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7f]),
      Buffer.from([0x3f, 0xe1, 0xff, 0x7f]),
      Buffer.from([0, 0x85, 0xff, 0xff, 0xff, 0xff, 0xff, 0]),
      rng.bytes(20),
    ]);
    return frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, session.next, block);
  },
  evenStream: (session: Session) =>
    frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, 2, headerBlock(pseudo(session))),
  oldStream: (session: Session) =>
    frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, 1, headerBlock(pseudo(session))),
  dataUnopened: ({ next }: Session) => frame(FRAME.data, 0, next + 6, Buffer.from("x")),
  dataAfterEnd: (session: Session) =>
    Buffer.concat([request(session), frame(FRAME.data, 0, session.next - 2, Buffer.from("late"))]),
  wrongLength(session: Session) {
    const length = session.rng.pick(["1", "5", "100", "-1", "a"]);
    const sent = headers(session, 0, [
      ...pseudo(session, "POST"),
      ["content-length", length],
      ["content-type", "application/json"],
    ]);
    return Buffer.concat([sent, frame(FRAME.data, FLAG.endStream, session.next - 2, Buffer.from("{}"))]);
  },
  padding(session: Session) {
    const { rng } = session;
    return Buffer.concat([
      open(session, 0),
      frame(
        FRAME.data,
        FLAG.padded,
        session.next - 2,
        Buffer.concat([Buffer.from([rng.pick([0, 5, 255])]), rng.bytes(6)]),
      ),
    ]);
  },
  emptyData: (session: Session) =>
    Buffer.concat([
      open(session, 0),
      many(session.rng.pick([5, 200]), () => frame(FRAME.data, 0, session.next - 2, Buffer.alloc(0))),
    ]),
  trailers(session: Session) {
    const opened = open(session, 0);
    const trailer = session.rng.pick<[string, string][]>([
      [["x-a", "b"]],
      [[":path", "/"]],
      [["content-length", "1"]],
    ]);
    return Buffer.concat([
      opened,
      frame(FRAME.headers, FLAG.endHeaders | session.rng.below(2), session.next - 2, headerBlock(trailer)),
    ]);
  },
  push: (session: Session) =>
    frame(FRAME.push, FLAG.endHeaders, 1, Buffer.concat([numbers(2), headerBlock(pseudo(session))])),
  goaway: ({ rng }: Session) =>
    frame(
      FRAME.goaway,
      0,
      rng.pick([0, 0, 1]),
      Buffer.concat([numbers(rng.pick([0, 2 ** 31 - 1]), rng.below(14)), rng.bytes(4)]),
    ),
  unknown: ({ rng, next }: Session) =>
    frame(rng.from(10, 255), rng.below(256), rng.pick([0, next]), rng.bytes(rng.below(40))),
  tooLong: ({ rng, next }: Session) => frame(rng.pick([0, 1, 10]), 0, next, Buffer.alloc(16_385)),
  lyingLength: ({ rng, next }: Session) =>
    frame(rng.below(10), 0, rng.pick([0, next]), rng.bytes(8), rng.pick([0, 4, 100, 2 ** 24 - 1])),
};

/** Moves after which the session goes on: one that it does not bear hides what comes next. */
const BORNE: (keyof typeof MOVES)[] = [
  ...(["request", "requests", "unfinished", "rapidReset", "noWindow", "settingsAck", "pingFlood"] as const),
  ...(["priorities", "wrongLength", "emptyData", "trailers", "unknown", "oddHeaders"] as const),
];

function many(count: number, make: (index: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, index) => make(index)));
}

/** The id of a stream that is new. */
function take(session: Session): number {
  const stream = session.next;
  session.next += 2;
  return stream;
}

function pseudo({ rng, target }: Session, method = rng.pick(["GET", "POST"])): [string, string][] {
  return [
    [":method", method],
    [":scheme", "http"],
    [":authority", "127.0.0.1"],
    [":path", target()],
  ];
}

function headers(session: Session, flags: number, list: [string, string][]): Buffer {
  return frame(FRAME.headers, FLAG.endHeaders | flags, take(session), headerBlock(list));
}

const TYPES = [
  "application/json",
  "application/grpc",
  "application/grpc-web+proto",
  "application/connect+json",
  "text/x",
];

/** The head of a request with a body. */
function open(session: Session, flags: number): Buffer {
  return headers(session, flags, [...pseudo(session, "POST"), ["content-type", session.rng.pick(TYPES)]]);
}

/** A whole request. */
function request(session: Session): Buffer {
  if (session.rng.chance(0.4)) return headers(session, FLAG.endStream, pseudo(session, "GET"));
  const body = session.rng.pick([
    Buffer.from("{}"),
    Buffer.alloc(5),
    Buffer.from("\0\0\0\0\x02{}"),
    Buffer.from('{"project_id":"default"}'),
  ]);
  return Buffer.concat([open(session, 0), frame(FRAME.data, FLAG.endStream, session.next - 2, body)]);
}

function resetLast({ rng, next }: Session): Buffer {
  return frame(FRAME.reset, 0, next - 2, numbers(rng.pick([8, 0, 2, 11, 99])));
}

function oddHeaders(session: Session): [string, string][] {
  const right = pseudo(session);
  return session.rng.pick<() => [string, string][]>([
    () => right.slice(1),
    () => right.slice(0, 3),
    () => [...right, [":path", "/health"]],
    () => [["x-a", "b"], ...right],
    () => [...right, [":odd", "x"]],
    () => [...right, ["Upper", "x"]],
    () => [...right, ["connection", "keep-alive"]],
    () => [...right, ["transfer-encoding", "chunked"]],
    () => [...right, ["te", "gzip"]],
    () => [...right, ["host", "evil.example"]],
    () => [...right, ["x-a", "a\0b\r\nc"]],
    () => [...right, ["", "x"]],
    () => [
      [":method", "CONNECT"],
      [":authority", "127.0.0.1:1"],
    ],
    () => [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", ""],
      [":authority", "a b"],
    ],
    () => [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "*"],
    ],
    () => [
      [":method", "CONNECT"],
      [":protocol", "websocket"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "a"],
    ],
    () => [...right, ["x-long", "v".repeat(15_000)]],
    () => [...right, ...Array.from({ length: 300 }, (): [string, string] => ["x-a", "b"])],
    () => [...right, ["cookie", "a"], ["cookie", "b"], ["content-length", "5"]],
  ])();
}

function oddSettings(rng: Rng, share: number): [number, number][] {
  if (!rng.chance(share)) return [];
  return rng.pick<[number, number][]>([
    [[4, 0]],
    [[4, 1]],
    [[4, 2 ** 31]],
    [[5, 16_383]],
    [[5, 2 ** 24 - 1]],
    [[1, 0]],
    [[1, 2 ** 32 - 1]],
    [[2, 2]],
    [[3, 0]],
    [[6, 0]],
    [[8, 1]],
    Array.from({ length: 40 }, (_, index): [number, number] => [index, index]),
  ]);
}
