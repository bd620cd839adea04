import { rmSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import type { CallChange } from "../../../src/model/calls/call.ts";
import type { SpanMessage } from "../../../src/model/traces/span.ts";
import { TEXT_PLACES } from "../../../src/store/sqlite/schema/015-text-places.ts";
import type { Store } from "../../../src/store/store.ts";
import { PROJECT, span } from "../builders.ts";
import { end, readCalls, start } from "../call-builders.ts";
import { chatQuery, readChats } from "../chat-builders.ts";
import { readEntries } from "../moving.ts";
import { everything } from "../suite/transcript-properties.ts";
import { makeBehind, makeOlder, upgradeUnderived } from "./older-file.ts";
import { openTemporaryStore, type TemporaryStore } from "./open-store.ts";

const THREADS = ["calls", "spans"];

/** Longer than what a title is made of, with what JSON escapes, and what takes two units. */
const LONG = `It said:\n"${"é😀\\ ".repeat(2_000)}"`;

const said = (role: SpanMessage["role"], text: string): SpanMessage => ({
  role,
  text,
  json: JSON.stringify({ role, content: text }),
});

/** A call that is a turn, as its halves come: what was asked in its inputs, what was answered in its output. */
function turn(callId: string, startedAt: number, asked: string, answered: string): CallChange[] {
  const messages = { asked: [said("user", asked)], answered: [said("assistant", answered)] };
  const inputs = `{"inputs":{"messages":[${messages.asked[0]!.json}]}}`;
  const output = `{"output":{"choices":[{"message":${messages.answered[0]!.json}}]}}`;
  const within = { traceId: callId, threadId: "calls", turnId: callId, startedAt };
  return [
    { kind: "start", start: start(callId, { ...within, messages: messages.asked, json: inputs }) },
    { kind: "end", end: end(callId, { messages: messages.answered, json: output }) },
  ];
}

/** A call whose output is bare text. */
function bare(callId: string, within: Parameters<typeof start>[1], text: string): CallChange[] {
  const json = JSON.stringify({ output: text });
  return [
    { kind: "start", start: start(callId, { traceId: callId, ...within }) },
    { kind: "end", end: end(callId, { bareText: text, json }) },
  ];
}

async function temporaryStore(): Promise<TemporaryStore> {
  const temporary = await openTemporaryStore();
  onTestFinished(temporary.close);
  return temporary;
}

async function fill(store: Store): Promise<void> {
  await store.writeCalls([
    ...turn("turn", 1_000, "a fine question", "a fine answer"),
    ...turn("long", 2_000, LONG, LONG),
    ...bare("bare turn", { threadId: "calls", turnId: "bare turn", startedAt: 3_000 }, "a bare answer"),
    ...bare("bare", { threadId: "calls", startedAt: 4_000 }, "a bare output"),
    { kind: "end", end: end("lonely", { messages: [said("assistant", "a lonely answer")] }) },
  ]);
  const messages = [said("user", "a span's question"), said("assistant", LONG)];
  const payload = Buffer.from(JSON.stringify(messages.map(({ json }) => JSON.parse(json))));
  // Its text was joined, and stands nowhere as it is.
  const joined = { role: "user" as const, text: "a\nb", json: '{"parts":["a","b"]}' };
  await store.writeSpans([
    span({ thread: "spans", spanId: "1", messages, payload }),
    span({ thread: "spans", spanId: "2", traceId: "later", startedAt: 9_000, messages: [joined] }),
  ]);
}

/** All that can be read of a store. */
async function read(store: Store) {
  return {
    entries: await readEntries(store, PROJECT),
    chats: await everything(store, PROJECT, 0, THREADS),
    list: await readChats(store, chatQuery()),
    calls: await readCalls(store, { documents: true }),
  };
}

/** How often some words stand in what the file of a store has of spans and calls. */
function countIn(file: string, words: string): number {
  const texts = [
    ...["start_said", "start", "end_said", '"end"'].map(
      (column) => `SELECT ${column} AS text FROM call_body`,
    ),
    ...["text", "json"].map((column) => `SELECT ${column} FROM span_message`),
    "SELECT CAST(payload AS TEXT) FROM span_payload",
  ];
  const db = new Database(file, { readonly: true });
  const all = db.prepare<[], string | null>(texts.join(" UNION ALL ")).pluck().all();
  db.close();
  return all.join().split(words).length - 1;
}

/** How many bytes what is stored of spans and calls has in all. */
function sizeOf(file: string): number {
  const db = new Database(file, { readonly: true });
  const sum = `SELECT (SELECT total(octet_length(text) + octet_length(json)) FROM span_message)
    + (SELECT total(octet_length(start_said) + octet_length(end_said)) FROM call_body)`;
  const size = db.prepare<[], number>(sum).pluck().get()!;
  db.close();
  return size;
}

it("what calls and spans say stands in the file with the document that came, and once more", async () => {
  const { store, file, ...temporary } = await temporaryStore();
  await fill(store);
  await store.close();
  expect(countIn(file, "a fine question")).toBe(2);
  expect(countIn(file, "a fine answer")).toBe(2);
  expect(countIn(file, "a bare output")).toBe(1);
  expect(countIn(file, "a span's question")).toBe(2);
  await temporary.reopen();
});

it("an older file that has it more often answers the same before and after, and holds less then", async () => {
  const now = await temporaryStore();
  await fill(now.store);
  const expected = await read(now.store);
  await now.store.close();
  const older = await temporaryStore();
  await older.store.close();
  rmSync(older.file);
  makeOlder(now.file, older.file, TEXT_PLACES);
  expect(countIn(older.file, "a fine answer")).toBe(5);
  const before = sizeOf(older.file);
  upgradeUnderived(older.file);
  expect(await read(await older.reopen()), "as it stands").toEqual(expected);
  await older.store.close();

  makeBehind(older.file);
  const opened = await older.reopen();
  await older.derived();
  expect(await read(opened), "rewritten").toEqual(expected);
  await opened.close();
  expect(sizeOf(older.file)).toBe(sizeOf(now.file));
  expect(sizeOf(older.file)).toBeLessThan(before * 0.6);
  expect(countIn(older.file, "a fine answer")).toBe(2);
  await Promise.all([now.reopen(), older.reopen()]);
});

/** Pages that hold anything. */
function pagesIn(file: string): number {
  const db = new Database(file, { readonly: true });
  const pages = db.prepare<[], number>(
    "SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count",
  );
  const count = pages.pluck().get()!;
  db.close();
  return count;
}

it("pages of an older file are free when what stood in them more often is rewritten", async () => {
  const now = await temporaryStore();
  const turns = Array.from({ length: 300 }, (_, index) =>
    turn(`turn ${index}`, index, `${index} whys? `.repeat(40), `${index} becauses. `.repeat(40)),
  );
  await now.store.writeCalls(turns.flat());
  await now.store.close();
  const older = await temporaryStore();
  await older.store.close();
  rmSync(older.file);
  makeOlder(now.file, older.file, TEXT_PLACES);
  upgradeUnderived(older.file);
  makeBehind(older.file);
  const before = pagesIn(older.file);
  await older.reopen();
  await older.derived();
  await older.store.close();
  expect(pagesIn(older.file)).toBeLessThan(before * 0.75);
  await Promise.all([now.reopen(), older.reopen()]);
});

it("a half that comes later finds what the other said where it stands", async () => {
  const [one, two] = [await temporaryStore(), await temporaryStore()];
  const changes = [
    ...turn("turn", 1_000, "Why?", LONG),
    ...bare("bare", { threadId: "calls", turnId: "bare" }, "So."),
    { kind: "rename" as const, projectId: PROJECT, callId: "turn", displayName: "A turn" },
  ];
  await one.store.writeCalls(changes);
  for (const change of changes.toReversed()) await two.store.writeCalls([change]);
  expect(await read(two.store)).toEqual(await read(one.store));
  // Another start of a call takes the place of the first, and its end stays.
  const [again] = turn("turn", 1_000, "And why is that so?", "");
  for (const { store } of [one, two]) await store.writeCalls([again!]);
  const { chats } = await read(one.store);
  expect(JSON.stringify(chats)).toContain("And why is that so?");
  expect(await read(two.store)).toEqual(await read(one.store));
});
