import { gzipSync } from "node:zlib";
import { carry, type Message } from "./carry.ts";
import type { Catalogue, RestRoute } from "./catalogue.ts";
import type { Input } from "./input.ts";
import { documentOf } from "./json-grammar.ts";
import { mutate } from "./json-mutations.ts";
import { breakText, printNoisy } from "./json-text.ts";
import { form } from "./multipart.ts";
import { ODD_NAMES, oddText } from "./odd.ts";
import { otlpBody } from "./otlp.ts";
import type { Rng } from "./rng.ts";
import type { Words } from "./words.ts";

/** A request to a REST route: a valid one in half of the cases. */
export function restInput(catalogue: Catalogue, rng: Rng, words: Words): Input {
  const route = rng.pick(catalogue.rest);
  const method = rng.chance(0.97)
    ? route.method
    : rng.pick(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);
  const target = prefix(rng, words) + pathOf(route, rng, words) + query(route, rng, words);
  const body = hasBody(method) ? bodyOf(catalogue, route, rng, words) : null;
  const headers: [string, string][] = body ? [...body.headers] : [];
  if (rng.chance(0.1)) headers.push(oddHeader(rng, words));
  const message: Message = { method, target, headers, body: body?.bytes ?? null };
  return carry(message, { door: doorOf(route), route: `${route.method} ${route.url}` }, rng);
}

function hasBody(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}

/** Requests are counted by what their paths begin with. */
function doorOf({ url }: RestRoute): string {
  return url.split("/")[1] || "/";
}

function prefix(rng: Rng, words: Words): string {
  if (rng.chance(0.8)) return "";
  return `/p/${rng.chance(0.9) ? words("project_id") : encodeURIComponent(oddText(rng).slice(0, 300).toWellFormed())}`;
}

function pathOf({ url }: RestRoute, rng: Rng, words: Words): string {
  return url.replaceAll(/:(\w+)|\*$/g, (_, name: string | undefined) => {
    if (rng.chance(0.9)) return encodeURIComponent(String(words(name ?? "path")));
    return rng.pick([
      () => encodeURIComponent(oddText(rng).slice(0, 2000).toWellFormed()),
      () => rng.pick(["%", "%zz", "%00", "%ff", "..", ".", "%2e%2e", "a%2Fb", ";x", "a b".replace(" ", "+")]),
    ])();
  });
}

/** A query of the members of a shape; for routes without a body it is what they are asked. */
function query(route: RestRoute, rng: Rng, words: Words): string {
  if (rng.chance(hasBody(route.method) ? 0.9 : 0.4)) return "";
  const shape = rng.pick(route.shapes);
  const document = Object.entries(documentOf(shape, rng, words) as object);
  if (rng.chance(0.2))
    document.push([
      rng.pick(["include", "select", "limit", "before", ...ODD_NAMES]),
      oddText(rng).slice(0, 500),
    ]);
  const pairs = document.map(([name, value]) => {
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    return `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(text.toWellFormed())}`;
  });
  const written = `?${pairs.join("&")}`;
  return rng.chance(0.05)
    ? `${written}${rng.pick(["&", "&=", "&%zz=%", "?", "&limit", "&select=[", "&a=%ff"])}`
    : written;
}

function bodyOf(
  catalogue: Catalogue,
  route: RestRoute,
  rng: Rng,
  words: Words,
): { headers: [string, string][]; bytes: Buffer } {
  if (route.multipart && rng.chance(0.8)) {
    const { type, bytes } = form(rng, words);
    return { headers: [["content-type", type]], bytes };
  }
  if (route.protobuf && rng.chance(0.9)) {
    const { type, encoding, bytes } = otlpBody(catalogue.exportRequest, rng, words);
    return {
      headers: [["content-type", type], ...(encoding === null ? [] : [["content-encoding", encoding]])] as [
        string,
        string,
      ][],
      bytes,
    };
  }
  const bytes = jsonBody(route, rng, words);
  const headers: [string, string][] = rng.chance(0.95)
    ? [["content-type", "application/json"]]
    : [["content-type", rng.pick(ODD_TYPES)]];
  if (rng.chance(0.97)) return { headers, bytes };
  const encoding = rng.pick(["gzip", "br", "deflate", "identity", "x", ""]);
  return {
    headers: [...headers, ["content-encoding", encoding]],
    bytes: rng.chance(0.5) ? gzipSync(bytes) : bytes,
  };
}

const ODD_TYPES = [
  "text/plain",
  "application/x-protobuf",
  "application/json; charset=utf-16",
  "",
  "json",
  'a/b; c="',
  "multipart/form-data",
];

function jsonBody(route: RestRoute, rng: Rng, words: Words): Buffer {
  const valid = documentOf(rng.pick(route.shapes), rng, words);
  const kind = rng.weighted({ valid: 50, mutated: 38, broken: 10, none: 2 });
  if (kind === "none") return Buffer.alloc(0);
  const text = printNoisy(kind === "mutated" ? mutate(valid, rng) : valid, rng, rng.pick([0, 0, 0, 0.1]));
  return kind === "broken" ? breakText(text, rng) : Buffer.from(text);
}

function oddHeader(rng: Rng, words: Words): [string, string] {
  return rng.pick<() => [string, string]>([
    () => ["x-project-id", String(words("project_id"))],
    () => ["x-project-id", "x".repeat(2000)],
    () => ["project_id", String(words("project_id"))],
    () => ["authorization", rng.pick(["Bearer x", "Basic YTpi", "Basic %%%", "bearer", "Digest a=b"])],
    () => ["x-api-key", rng.pick(["", "sk_abc", "x".repeat(5000)])],
    () => ["origin", rng.pick(["http://localhost:3000", "null", "http://evil.example", "a:b:c", ""])],
    () => ["prefer", rng.pick(["return=minimal", "return=", '"', "respond-async"])],
    () => ["accept", rng.pick(["*/*", "text/event-stream", "application/x-ndjson", "", "a;q=x"])],
    () => ["accept-encoding", rng.pick(["gzip", "br", "*", "gzip;q=0"])],
    () => ["range", rng.pick(["bytes=0-1", "bytes=-", "x"])],
    () => ["if-none-match", "*"],
    () => ["cookie", "a=b; c"],
    () => ["access-control-request-method", "POST"],
    () => ["x-http-method-override", "DELETE"],
  ])();
}
