import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { headerOf, printLine } from "../../src/cli/transfer/lines.ts";
import { type EntryBatch, readBatches } from "../../src/cli/transfer/read-batches.ts";
import type { TransferEntry } from "../../src/model/transfer.ts";

const document = (digest: string, json = "{}"): TransferEntry => ({ kind: "document", digest, json });
const piece = (size: number, continues: boolean): TransferEntry => ({
  kind: "file",
  digest: "f",
  pieces: [new Uint8Array(size)],
  continues,
});

/** The lines of a project. */
function linesOf(project: string, entries: TransferEntry[]): string[] {
  const end = { kind: "end" as const, entries: entries.length };
  return [headerOf(project), ...entries, end].map(printLine);
}

async function fileOf(content: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "skein-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "export.jsonl");
  await writeFile(file, content);
  return file;
}

async function read(content: string | Uint8Array): Promise<EntryBatch[]> {
  return Array.fromAsync(readBatches(await fileOf(content)));
}

/** Why a file is refused, without its name. */
async function refusal(content: string | Uint8Array): Promise<string> {
  const file = await fileOf(content);
  try {
    await Array.fromAsync(readBatches(file));
  } catch (error) {
    const { message } = error as Error;
    expect(message).toMatch(/^[^\n]+$/);
    return message.replaceAll(file, "FILE");
  }
  throw new Error("the file is not refused");
}

test("a file is read in batches that say where they stand", async () => {
  const many = Array.from({ length: 450 }, (_, index) => document(`${index}`));
  const text = [...linesOf("a", many), ...linesOf("none", []), ...linesOf("b", [document("b")])].join("");
  const batches = await read(text);
  expect(batches.map(({ project, entries }) => [project, entries.length])).toEqual([
    ["a", 200],
    ["a", 200],
    ["a", 50],
    ["b", 1],
  ]);
  expect(batches.map(({ firstLine, lastLine }) => [firstLine, lastLine])).toEqual([
    [2, 201],
    [202, 401],
    [402, 451],
    [456, 456],
  ]);
  expect(batches.at(-1)!.end).toBe(Buffer.byteLength(text));
  expect(batches.flatMap(({ entries }) => entries)).toEqual([...many, document("b")]);
});

test("large lines make small batches, and the pieces of a file stay together", async () => {
  const large = Array.from({ length: 3 }, (_, index) => document(`${index}`, `"${"é".repeat(400_000)}"`));
  expect((await read(linesOf("a", large).join(""))).map(({ entries }) => entries.length)).toEqual([2, 1]);
  const pieces = [piece(600_000, true), piece(600_000, true), piece(600_000, true), piece(1, false)];
  const batches = await read(linesOf("a", [...pieces, document("d")]).join(""));
  expect(batches.map(({ entries }) => entries.length)).toEqual([4, 1]);
});

test("a line feed after the last line may be missing, and line ends in texts are none", async () => {
  const entry = document("\u2028\n\r\n\u0085", '"\u2029"');
  const text = linesOf("a", [entry]).join("");
  expect((await read(text.trimEnd()))[0]!.entries).toEqual([entry]);
});

test("what is no export is refused", async () => {
  expect(await refusal("")).toBe("FILE is empty, and no export");
  expect(await refusal("Dear diary,\n")).toMatch(/^FILE:1: this is no export: not JSON: /);
  expect(await refusal('{"a":1}\n')).toMatch(/^FILE:1: this is no export: /);
  expect(await refusal("null\n")).toMatch(/^FILE:1: this is no export: /);
  expect(await refusal(printLine(document("d")))).toMatch(/^FILE:1: this is no export: /);
  expect(await refusal(new Uint8Array([0xff, 0xfe, 0x0a]))).toBe("FILE:1: this is no UTF-8");
});

test("another version of the format is refused by its number", async () => {
  const header = printLine(headerOf("a")).replace('"version":2', '"version":3,"more":1');
  expect(await refusal(header)).toBe(
    "FILE:1: this is no export: it has version 3 of the format, and this Skein reads 1 to 2 only",
  );
});

test("a broken line is named, and why it is broken", async () => {
  const [first, ...rest] = linesOf("a", [document("d")]);
  const withLine = (line: string) => refusal([first, line, ...rest].join(""));
  expect(await withLine('{"kind":\n')).toMatch(/^FILE:2: not JSON: /);
  expect(await withLine("\n")).toMatch(/^FILE:2: not JSON: /);
  expect(await withLine('{"kind":"what"}\n')).toMatch(/^FILE:2: kind: /);
  expect(await withLine('{"kind":"document","digest":7,"json":"{}"}\n')).toMatch(/^FILE:2: digest: /);
  expect(await withLine('{"kind":"document","digest":"d"}\n')).toMatch(/^FILE:2: json: /);
  expect(await withLine('{"kind":"document","digest":"d","json":"{}","more":1}\n')).toContain('"more"');
  expect(await withLine('{"kind":"document","digest":"d","json":"{"}\n')).toBe("FILE:2: json: is not JSON");
  expect(await withLine('{"kind":"document","digest":"\\ud800","json":"{}"}\n')).toBe(
    "FILE:2: digest: holds half a surrogate pair",
  );
  expect(await withLine('{"kind":"file","digest":"d","pieces":["?"],"continues":false}\n')).toMatch(
    /^FILE:2: pieces.0: /,
  );
});

test("a file that is cut off is not whole, wherever that is", async () => {
  const text = linesOf("a", [document("d"), document("é")]).join("");
  const bytes = Buffer.from(text);
  for (let length = 1; length < bytes.length - 1; length += 1) {
    expect(await refusal(bytes.subarray(0, length))).toContain("the export is not whole");
  }
});

test("lines that are missing, or too many, are noticed", async () => {
  const [header, first, second, end] = linesOf("a", [document("d"), document("e")]);
  const refused = (...lines: (string | undefined)[]) => refusal(lines.join(""));
  expect(await refused(header, first, end)).toBe(
    "FILE:3: the project should have 2 entries, but there are 1",
  );
  expect(await refused(header, first, second, second, end)).toContain("should have 2 entries");
  expect(await refused(header, first, header, second, end)).toBe('FILE:3: the project "a" has no end');
  expect(await refused(header, first, second, end, end)).toBe("FILE:5: there is no project to end");
  expect(await refused(header, first, second, end, first)).toBe(
    "FILE:5: an entry before the line that names its project",
  );
});
