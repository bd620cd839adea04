import { mutateBytes, ODD_NAMES } from "./odd.ts";
import type { Rng } from "./rng.ts";
import { FILE, type Words } from "./words.ts";

/** A form and its content type. */
export interface Form {
  type: string;
  bytes: Buffer;
}

/** A form with a file; mostly one that can be read, at times cut, without its boundary, with too many or odd parts. */
export function form(rng: Rng, words: Words): Form {
  const boundary = rng.pick(["b", "----WebKitFormBoundary7MA4YWxkTrZu0gW", "x".repeat(70)]);
  const parts = [field("project_id", String(words("project_id"))), file(rng)];
  if (rng.chance(0.3)) parts.reverse();
  if (rng.chance(0.2)) parts.splice(rng.below(parts.length), 1);
  if (rng.chance(0.2)) parts.push(...oddParts(rng));
  const bytes = Buffer.concat([
    ...parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n`), part, Buffer.from("\r\n")]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  if (rng.chance(0.65)) return { type: `multipart/form-data; boundary=${boundary}`, bytes };
  return { type: oddType(boundary, rng), bytes: oddBytes(bytes, rng) };
}

function field(name: string, value: string): Buffer {
  return Buffer.from(`content-disposition: form-data; name="${name}"\r\n\r\n${value}`);
}

function file(rng: Rng): Buffer {
  const content = rng.pick([
    FILE,
    FILE,
    Buffer.alloc(0),
    rng.bytes(300),
    Buffer.alloc(rng.chance(0.05) ? 600_000 : 20, 1),
  ]);
  const name = rng.pick(["f", "f.py", "", "../f", "é\u0000", "x".repeat(300)]);
  const type = rng.pick([
    "",
    "content-type: text/plain\r\n",
    "content-type: \r\n",
    "Content-Transfer-Encoding: base64\r\n",
  ]);
  const head = `content-disposition: form-data; name="file"; filename="${name}"\r\n${type}\r\n`;
  return Buffer.concat([Buffer.from(head), content]);
}

function oddParts(rng: Rng): Buffer[] {
  return rng.pick<() => Buffer[]>([
    () => Array.from({ length: rng.pick([21, 200, 2000]) }, (_, index) => field(`f${index}`, "v")),
    () => Array.from({ length: 3 }, () => file(rng)),
    () => [field(rng.pick(ODD_NAMES), "v")],
    () => [field("project_id", "x".repeat(70_000))],
    () => [field("file", "not a file")],
    () => [Buffer.from("\r\n\r\nno name")],
    () => [Buffer.from(`content-disposition: form-data; name="${"n".repeat(20_000)}"\r\n\r\nv`)],
    () => [Buffer.from("x-a: b\r\n".repeat(2100).concat("\r\nv"))],
  ])();
}

function oddType(boundary: string, rng: Rng): string {
  return rng.pick([
    `multipart/form-data; boundary=${boundary}`,
    `multipart/form-data; boundary=${boundary}`,
    "multipart/form-data",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary="',
    "multipart/form-data; boundary=other",
    `multipart/mixed; boundary=${boundary}`,
    `multipart/form-data; boundary=${boundary}; charset=utf-16`,
    `multipart/form-data; boundary=${"b".repeat(300)}`,
  ]);
}

function oddBytes(bytes: Buffer, rng: Rng): Buffer {
  return rng.pick<() => Buffer>([
    () => bytes,
    () => Buffer.alloc(0),
    () => bytes.subarray(0, rng.below(bytes.length)),
    () => mutateBytes(bytes, rng),
    () => Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1"),
  ])();
}
