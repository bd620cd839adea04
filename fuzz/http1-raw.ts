import { type Catalogue, pathOf } from "./catalogue.ts";
import { chunked, requestBytes } from "./http1.ts";
import type { Input } from "./input.ts";
import { cut, mutateBytes } from "./odd.ts";
import type { Rng } from "./rng.ts";

/** Bytes that a server of HTTP/1.1 has to make something of: what no well made client sends, and pipelines. */
export function http1RawInput(catalogue: Catalogue, rng: Rng): Input {
  const kinds = { pipeline: 4, framing: 6, head: 6, upgrade: 2, garbage: 2, mutated: 4, endless: 1 };
  const kind = rng.weighted(kinds);
  const targets = [...catalogue.rest.map(({ url }) => url), ...catalogue.rpcs.map(pathOf)];
  const bytes = WRITERS[kind](rng, () => rng.pick(targets));
  const pieces = cut(bytes, rng, rng.pick([1, 1, 2, 5]));
  const leave = rng.chance(0.3) ? rng.pick(["close", "reset", "half"] as const) : null;
  const when = rng.pick(["sending", "sent", "answered"] as const);
  return {
    via: "tcp",
    door: "http/1.1 bytes",
    route: kind,
    pieces,
    methods: [],
    ...(leave && { leave: { when, by: leave } }),
    ...(rng.chance(0.02) && { pauseMs: 200 }),
  };
}

type Target = () => string;
type Writer = (rng: Rng, target: Target) => Buffer;

const JSON_TYPE: [string, string] = ["content-type", "application/json"];
const HOST: [string, string] = ["host", "127.0.0.1"];

const WRITERS: Record<
  "pipeline" | "framing" | "head" | "upgrade" | "garbage" | "mutated" | "endless",
  Writer
> = {
  /** Many requests at once, the last one perhaps cut: its answer is owed when the client is gone. */
  pipeline(rng, target) {
    const requests = Array.from({ length: rng.from(2, 12) }, () => plain(rng, target));
    const bytes = Buffer.concat(requests);
    return rng.chance(0.5) ? bytes : bytes.subarray(0, bytes.length - rng.from(1, 20));
  },

  /** Lengths and codings that contradict what is sent, or each other. */
  framing(rng, target) {
    const body = Buffer.from(rng.pick(["{}", '{"project_id":"default"}', "x".repeat(3000)]));
    const { length } = body;
    const headers = rng.pick<() => [string, string][]>([
      () => [["content-length", String(length + rng.pick([1, 100, 2 ** 31]))]],
      () => [["content-length", String(rng.below(length))]],
      () => [["content-length", rng.pick(["-1", "+2", "0x2", "1e1", "", " ", "2, 2", "9".repeat(30), "２"])]],
      () => [
        ["content-length", "2"],
        ["content-length", rng.pick(["2", "3"])],
      ],
      () => [
        ["content-length", String(length)],
        ["transfer-encoding", "chunked"],
      ],
      () => [
        [
          "transfer-encoding",
          rng.pick([
            "chunked, chunked",
            "gzip, chunked",
            "identity",
            "chunked;a=b",
            "xchunked",
            "\tchunked",
            "CHUNKED",
          ]),
        ],
      ],
      () => [
        ["transfer-encoding", "chunked"],
        ["trailer", "x-a"],
      ],
      () => [
        ["expect", rng.pick(["100-continue", "200-ok", ""])],
        ["content-length", String(length)],
      ],
    ])();
    const isChunked = headers.some(([name]) => name === "transfer-encoding");
    return requestBytes(
      "POST",
      target(),
      [HOST, JSON_TYPE, ...headers],
      isChunked ? oddChunks(body, rng) : body,
    );
  },

  /** Request lines and headers. */
  head(rng, target) {
    const method = rng.pick([
      "GET",
      "POST",
      "PRI",
      "get",
      "CONNECT",
      "TRACE",
      "M-SEARCH",
      "PROPFIND",
      "",
      "X".repeat(300),
      "G\0T",
      "QUERY",
    ]);
    const uri = rng.pick([
      target(),
      `http://127.0.0.1${target()}`,
      "*",
      "",
      "//",
      "/\\..\\",
      `/${"a".repeat(17_000)}`,
      "/%",
      "/?%zz",
      "/\u00e9",
      "/a b",
      "127.0.0.1:80",
      "/p/a/b",
      "/p//health",
    ]);
    const version = rng.pick([
      "HTTP/1.1",
      "HTTP/1.1",
      "HTTP/1.1",
      "HTTP/1.0",
      "HTTP/2.0",
      "HTTP/9.9",
      "HTTP/1.",
      "",
      "http/1.1",
    ]);
    const line = rng.pick(["\r\n", "\r\n", "\r\n", "\n", "\r"]);
    const headers = Array.from({ length: rng.from(0, 3) }, () => rng.pick(ODD_LINES));
    const host = rng.pick([
      "host: 127.0.0.1",
      "host: 127.0.0.1",
      "host:",
      "host: a b",
      "host: evil.example",
      "host: [::1]:99999",
      "Host: localhost\r\nhost: x",
      "x-no-host: 1",
    ]);
    const text = [`${method} ${uri} ${version}`, host, ...headers, "", ""].join(line);
    return Buffer.from(rng.chance(0.1) ? `\r\n\r\n${text}` : text, "latin1");
  },

  /** Other protocols asked for within this one. */
  upgrade(rng, target) {
    const headers = rng.pick<[string, string][]>([
      [
        ["connection", "Upgrade, HTTP2-Settings"],
        ["upgrade", "h2c"],
        ["http2-settings", "AAMAAABkAAQAAP__"],
      ],
      [
        ["connection", "Upgrade"],
        ["upgrade", "websocket"],
        ["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="],
        ["sec-websocket-version", "13"],
      ],
      [
        ["connection", "upgrade"],
        ["upgrade", "x"],
      ],
      [["connection", rng.pick(["close", "keep-alive, close", "host", "te", ""])]],
    ]);
    const after = rng.pick([
      Buffer.alloc(0),
      Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      rng.bytes(20),
      plain(rng, target),
    ]);
    return Buffer.concat([
      requestBytes(rng.pick(["GET", "POST", "CONNECT"]), target(), [HOST, ...headers], Buffer.alloc(0)),
      after,
    ]);
  },

  /** Other protocols altogether. */
  garbage(rng) {
    return rng.pick([
      Buffer.alloc(0),
      rng.bytes(rng.from(1, 200)),
      Buffer.from("16030100c8010000c40303", "hex"),
      Buffer.from("\r\n".repeat(50)),
      Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r").subarray(0, rng.from(1, 23)),
      Buffer.from("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"),
      Buffer.from("SSH-2.0-OpenSSH_9.6\r\n"),
      Buffer.from("\0".repeat(1000)),
    ]);
  },

  mutated: (rng, target) => mutateBytes(Buffer.concat([plain(rng, target), plain(rng, target)]), rng),

  /** Headers or a body that do not come to their end. */
  endless(rng, target) {
    const start = `POST ${target()} HTTP/1.1\r\nhost: 127.0.0.1\r\n`;
    return Buffer.from(
      rng.pick([
        start + "x-a: b\r\n".repeat(rng.pick([90, 1000, 3000])),
        `${start}x-a: ${"b".repeat(rng.pick([15_000, 20_000]))}\r\n\r\n`,
        `${start}content-length: 100000\r\n\r\n${"x".repeat(rng.below(5000))}`,
        `${start}transfer-encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(rng.below(3000))}`,
      ]),
    );
  },
};

const ODD_LINES = [
  ...[
    "x: y",
    "x : y",
    " x: y",
    "x:",
    ":",
    "no colon",
    "x: a\0b",
    "x: \u00e9",
    "x: a\rb",
    "\tfolded",
    "x: y\r\n z",
  ],
  ...[
    "connection: close",
    "content-length: 0",
    "te: trailers",
    "cookie: a=b",
    "__proto__: x",
    "content-type: x",
  ],
  ...[
    "authorization: Bearer a",
    "x-project-id: \u00ff",
    "accept-encoding: br",
    "range: bytes=0-",
    "via: 1.1 a",
  ],
];

/** A whole request. */
function plain(rng: Rng, target: Target): Buffer {
  const body = Buffer.from(rng.pick(["{}", "", '{"project_id":"default"}', "[", "x".repeat(2000)]));
  const method = rng.pick(["POST", "POST", "GET", "DELETE"]);
  const type: [string, string] = rng.chance(0.7)
    ? JSON_TYPE
    : ["content-type", rng.pick(["text/x", "application/grpc", "application/proto"])];
  return requestBytes(method, target(), [HOST, type, ["content-length", String(body.length)]], body);
}

function oddChunks(body: Buffer, rng: Rng): Buffer {
  const right = chunked(cut(body, rng, 4));
  return rng.pick<() => Buffer>([
    () => right,
    () => right.subarray(0, rng.below(right.length)),
    () => Buffer.concat([right.subarray(0, -2), Buffer.from("x-trailer: a\r\ncontent-length: 5\r\n\r\n")]),
    () =>
      Buffer.from(
        `${rng.pick(["-1", "g", "", "ffffffffffffffff", '2;ext="a', "0x2", " 2", "2\0"])}\r\n{}\r\n0\r\n\r\n`,
      ),
    () => Buffer.from("2\n{}\n0\n\n"),
    () => mutateBytes(right, rng),
  ])();
}
