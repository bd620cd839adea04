import type { DescMethod } from "@bufbuild/protobuf";
import { carry, type Message } from "./carry.ts";
import { type Catalogue, pathOf } from "./catalogue.ts";
import { envelope, oddCompressed } from "./envelope.ts";
import type { Input } from "./input.ts";
import { mutate } from "./json-mutations.ts";
import { breakText, printNoisy } from "./json-text.ts";
import { mutateBytes } from "./odd.ts";
import { exportBytes } from "./otlp.ts";
import { messageBytes, messageJson } from "./proto-grammar.ts";
import type { Rng } from "./rng.ts";
import type { Words } from "./words.ts";

type Protocol = "grpc" | "grpc-web" | "connect" | "connect-get";
type Codec = "proto" | "json";

/** What a call is made of. */
interface Call {
  codec: Codec;
  target: string;
  method: DescMethod;
  payload: () => Buffer;
}

/** A call of an RPC in any of its protocols: a valid one in half of the cases. */
export function rpcInput(catalogue: Catalogue, rng: Rng, words: Words): Input {
  const method = rng.pick(catalogue.rpcs);
  const protocol = rng.weighted<Protocol>({ grpc: 40, "grpc-web": 25, connect: 25, "connect-get": 10 });
  const codec: Codec = rng.chance(0.7) ? "proto" : "json";
  const payload = () => payloadOf(catalogue, method, codec, rng, words);
  const target = `${rng.chance(0.1) ? `/p/${words("project_id")}` : ""}${pathOf(method)}`;
  const call: Call = { codec, target, method, payload };
  const named = { door: protocol, route: pathOf(method) };
  switch (protocol) {
    case "grpc":
    case "grpc-web": {
      // gRPC needs trailers, which over HTTP/1.1 are nothing that its clients read.
      const version = protocol === "grpc" ? (rng.chance(0.97) ? 2 : 1) : undefined;
      return carry(grpcCall(protocol, call, rng), named, rng, version);
    }
    case "connect":
      return carry(connectCall(call, rng), named, rng);
    case "connect-get":
      return carry(
        {
          method: "GET",
          target: target + getQuery(codec, payload(), rng),
          headers: timeouts("connect-timeout-ms", rng),
          body: null,
        },
        named,
        rng,
      );
  }
}

function payloadOf(
  { exportRequest }: Catalogue,
  { input }: DescMethod,
  codec: Codec,
  rng: Rng,
  words: Words,
): Buffer {
  if (codec === "proto") {
    if (input.typeName === exportRequest.typeName) return exportBytes(exportRequest, rng, words);
    return messageBytes(input, rng, words, rng.pick([0, 0, 0, 0.05, 0.3]));
  }
  const valid = messageJson(input, rng, words);
  const text = printNoisy(rng.chance(0.3) ? mutate(valid, rng) : valid, rng, rng.pick([0, 0, 0.1]));
  return rng.chance(0.1) ? breakText(text, rng) : Buffer.from(text);
}

/** How many messages a call sends: one, where the method takes one, most of the time. */
function countOf({ methodKind }: DescMethod, rng: Rng): number {
  const takesMany = methodKind === "bidi_streaming" || methodKind === "client_streaming";
  return takesMany ? rng.from(0, 4) : rng.chance(0.95) ? 1 : rng.pick([0, 2, 5]);
}

const ODD_ENCODINGS = ["deflate", "snappy", "x", "", "gzip,br", "GZIP", "identity"];

function grpcCall(
  protocol: "grpc" | "grpc-web",
  { codec, target, method, payload }: Call,
  rng: Rng,
): Message {
  const encoding = encodingOf(rng);
  const messages = Array.from({ length: countOf(method, rng) }, () => envelope(payload(), encoding, rng));
  const type = rng.chance(0.97)
    ? `application/${protocol}+${codec}`
    : rng.pick([`application/${protocol}`, "application/grpc+x", "application/grpc-web-text", "text/plain"]);
  return {
    method: "POST",
    target,
    headers: [
      ["content-type", type],
      ...(encoding === null ? [] : ([["grpc-encoding", encoding]] as [string, string][])),
      ...timeouts("grpc-timeout", rng),
      ...(rng.chance(0.1)
        ? ([["grpc-accept-encoding", rng.pick(["gzip", "br,gzip", "x"])]] as [string, string][])
        : []),
      ...(rng.chance(0.03) ? ([["x-bin", "%%%"]] as [string, string][]) : []),
    ],
    http2Headers: [["te", "trailers"]],
    body: brokenAtTimes(Buffer.concat(messages), rng),
  };
}

function connectCall({ codec, target, method, payload }: Call, rng: Rng): Message {
  const encoding = encodingOf(rng);
  // At times the other kind of call.
  const isUnary = (method.methodKind === "unary") !== rng.chance(0.03);
  const version: [string, string][] = rng.chance(0.9)
    ? [["connect-protocol-version", rng.chance(0.95) ? "1" : "2"]]
    : [];
  const common = [...version, ...timeouts("connect-timeout-ms", rng)];
  if (isUnary) {
    const bytes = payload();
    return {
      method: "POST",
      target,
      headers: [
        ["content-type", `application/${codec}`],
        ...(encoding === null ? [] : ([["content-encoding", encoding]] as [string, string][])),
        ...common,
      ],
      body: encoding === null ? bytes : oddCompressed(bytes, encoding, rng),
    };
  }
  const messages = Array.from({ length: countOf(method, rng) }, () => envelope(payload(), encoding, rng));
  return {
    method: "POST",
    target,
    headers: [
      ["content-type", `application/connect+${codec}`],
      ...(encoding === null ? [] : ([["connect-content-encoding", encoding]] as [string, string][])),
      ...common,
    ],
    body: brokenAtTimes(Buffer.concat(messages), rng),
  };
}

function getQuery(codec: Codec, bytes: Buffer, rng: Rng): string {
  const compression = rng.chance(0.8) ? null : rng.pick(["gzip", "br", ...ODD_ENCODINGS]);
  const sent = compression === null ? bytes : oddCompressed(bytes, compression, rng);
  const isBase64 = codec === "proto" || compression !== null || rng.chance(0.3);
  const message = isBase64
    ? rng.chance(0.95)
      ? sent.toString("base64url")
      : rng.pick(["%%%", "a", "====", "\u00e9"])
    : sent.toString();
  const pairs: [string, string][] = [
    ["connect", rng.chance(0.95) ? "v1" : "v2"],
    ["encoding", rng.chance(0.97) ? codec : "x"],
    ["message", message],
  ];
  if (isBase64) pairs.push(["base64", rng.chance(0.95) ? "1" : "true"]);
  if (compression !== null) pairs.push(["compression", compression]);
  if (rng.chance(0.05)) pairs.splice(rng.below(pairs.length), 1);
  return `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join("&")}`;
}

function encodingOf(rng: Rng): string | null {
  return rng.chance(0.75) ? null : rng.pick(["gzip", "gzip", "br", "br", ...ODD_ENCODINGS]);
}

function timeouts(name: string, rng: Rng): [string, string][] {
  if (rng.chance(0.9)) return [];
  const isGrpc = name === "grpc-timeout";
  const odd = ["", "-1", "abc", "1e3", "99999999999999999999", "0", "1 S", "1.5S", "999999999S"];
  const right = isGrpc ? ["10S", "1n", "5m", "99999999H", "1M"] : ["10000", "1", "5", "9999999999"];
  return [[name, rng.pick([...right, ...right, ...odd])]];
}

function brokenAtTimes(bytes: Buffer, rng: Rng): Buffer {
  return rng.chance(0.08) ? mutateBytes(bytes, rng) : bytes;
}
