import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { z } from "zod";
import { ENTRY_SCHEMAS } from "../../src/cli/transfer/entry-schema.ts";
import { importFile } from "../../src/cli/transfer/import.ts";
import { headerOf, type Line, printLine } from "../../src/cli/transfer/lines.ts";
import type { TransferEntry } from "../../src/model/transfer.ts";
import { readEntries } from "../store/moving.ts";
import { createNaiveStore } from "../store/naive-store.ts";

const document = (digest: string): TransferEntry => ({ kind: "document", digest, json: "{}" });

/** The text of a project. */
function textOf(project: string, entries: TransferEntry[], header: Line = headerOf(project)): string {
  return [header, ...entries, { kind: "end" as const, entries: entries.length }].map(printLine).join("");
}

/** Imports a file of some text into a store; returns the store, and what was said. */
async function importText(text: string) {
  const folder = await mkdtemp(join(tmpdir(), "skein-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "export.jsonl");
  await writeFile(file, text);
  const store = createNaiveStore();
  const leftOut: string[] = [];
  const told = (what: string) => what.replaceAll(file, "FILE");
  const failure = await importFile(store, file, {
    onStored: () => {},
    onLeftOut: (what) => leftOut.push(told(what)),
  }).then(
    () => null,
    (error: Error) => told(error.message),
  );
  return { store, leftOut, failure, entries: (project: string) => readEntries(store, project) };
}

describe("of a file from a newer Skein nothing is stored", () => {
  const before = textOf(
    "a",
    Array.from({ length: 1000 }, (_, index) => document(`${index}`)),
  );

  test("where a later project has another version", async () => {
    const newer = textOf("b", [document("d")]).replace('"version":2', '"version":3');
    const { store, failure } = await importText(before + newer);
    expect(failure).toBe("FILE:1003: it has version 3 of the format, and this Skein reads 1 to 2 only");
    expect(await store.listProjects()).toEqual([]);
  });

  test.each([
    ["as Skein writes lines", '{"kind":"memory","key":"k"}'],
    ["in another order", '{"key":"k", "kind":"memory"}'],
  ])("where a later line is of an unknown kind, %s", async (_how, line) => {
    const { store, failure } = await importText(
      before + textOf("b", [document("d")]).replace("\n", `\n${line}\n`),
    );
    expect(failure).toBe('FILE:1004: it has a line of kind "memory", which this Skein does not know');
    expect(await store.listProjects()).toEqual([]);
  });

  test("but a broken line stops it where it is: what comes before it is stored", async () => {
    const { store, failure } = await importText(before.replace('"digest":"900"', '"digest":900'));
    expect(failure).toMatch(/^FILE:902: digest: /);
    expect(await store.listProjects()).toEqual(["a"]);
  });
});

test("what cannot be read twice is read once", async () => {
  const store = createNaiveStore();
  const folder = await mkdtemp(join(tmpdir(), "skein-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const pipe = join(folder, "pipe");
  await once(spawn("mkfifo", [pipe]), "exit");
  const options = { onStored: () => {}, onLeftOut: (what: string) => expect.fail(what) };
  const [stored] = await Promise.all([
    importFile(store, pipe, options),
    writeFile(pipe, textOf("a", [document("d")])),
  ]);
  expect(stored).toBe(1);
});

describe("an id that doors refuse", () => {
  const LONG = "é".repeat(513);
  const QUOTED = `${"é".repeat(126)}…`;
  const fixture = readFileSync("test/fixtures/exports/version-2.jsonl", "utf8").trimEnd().split("\n");

  /** An entry of a kind that has all it can have. */
  function entryOf(kind: string): Record<string, unknown> {
    const whole = fixture.filter((line) => !line.includes('"start":null'));
    const lines = whole.filter((line) => line.startsWith(`{"kind":"${kind}"`));
    return JSON.parse(lines.toSorted((a, b) => a.split("null").length - b.split("null").length)[0]!);
  }

  /** The fields of an entry that hold texts, also in objects within it. */
  function textsIn(schema: z.ZodType, path: string[] = []): { path: string[]; isList: boolean }[] {
    const { def } = schema as unknown as {
      def: { type: string; innerType?: z.ZodType; element?: z.ZodType; shape?: Record<string, z.ZodType> };
    };
    if (def.type === "nullable" || def.type === "optional") return textsIn(def.innerType!, path);
    if (def.type === "string") return [{ path, isList: false }];
    if (def.type === "array" && (def.element as unknown as { def: { type: string } }).def.type === "string")
      return [{ path, isList: true }];
    return Object.entries(def.shape ?? {}).flatMap(([name, inner]) => textsIn(inner, [...path, name]));
  }

  /** Texts that no index holds: names and words for people, documents, and rows by the digests of their documents. */
  const FREE = [
    ...["span.name", "span.operationName", "span.threadClaim.key"],
    ...[
      "call.givenName",
      "call.start.displayName",
      "call.start.userId",
      "call.start.runId",
      "call.start.json",
    ],
    ...["call.end.displayName", "call.end.bareText", "call.end.json"],
    ...["feedback.payloadJson", "feedback.extraJson", "feedback.creator", "feedback.userId"],
    ...["thread.metadata", "thread.chat.documents", "thread.chat.title"],
    ...["thread.chat.createdBy", "thread.chat.modifiedBy"],
    ...[
      "checkpoint.asNode",
      "checkpoint.values",
      "checkpoint.next",
      "checkpoint.tasks",
      "checkpoint.interrupts",
    ],
    ...["message.role", "message.text", "message.json", "document.json"],
    ...["object.baseObjectClass", "object.leafObjectClass", "object.userId", "table.rowDigests"],
  ];

  const places = ENTRY_SCHEMAS.flatMap((schema) =>
    textsIn(schema).map(({ path, isList }) => {
      const kind = schema.shape.kind.value;
      return { name: [kind, ...path].join("."), kind, path, isList };
    }),
  );
  const held = places.filter(({ name }) => !FREE.includes(name));

  test("is looked for in these places", () => {
    expect(places.map(({ name }) => name)).toEqual(expect.arrayContaining(FREE));
    expect(held.map(({ name }) => name).toSorted()).toMatchInlineSnapshot(`
      [
        "call.callId",
        "call.end.model",
        "call.end.refs",
        "call.start.model",
        "call.start.opName",
        "call.start.parentId",
        "call.start.refs",
        "call.start.threadId",
        "call.start.traceId",
        "call.start.turnId",
        "checkpoint.checkpointId",
        "checkpoint.parentId",
        "checkpoint.threadId",
        "document.digest",
        "feedback.feedbackType",
        "feedback.id",
        "feedback.tags",
        "feedback.target.id",
        "feedback.weaveRef",
        "file.digest",
        "message.agent",
        "message.messageId",
        "message.model",
        "message.threadId",
        "object.digest",
        "object.objectId",
        "removal.objectId",
        "span.agentName",
        "span.model",
        "span.parentSpanId",
        "span.spanId",
        "span.threadClaim.threadId",
        "span.traceId",
        "table.digest",
        "thread.chat.projectType",
        "thread.chat.tags",
        "thread.threadId",
      ]
    `);
  });

  test.each(held.map((place) => [place.name, place] as const))(
    "in %s is named, and the rest stored",
    async (name, { kind, path, isList }) => {
      const text = name.endsWith(".refs") || name === "feedback.weaveRef" ? "é".repeat(1001) : LONG;
      const entry = entryOf(kind);
      let parent = entry;
      for (const step of path.slice(0, -1)) parent = parent[step] as Record<string, unknown>;
      parent[path.at(-1)!] = isList ? ["short", text] : text;
      const line = `${JSON.stringify(entry)}\n`;
      const end = printLine({ kind: "end", entries: 3 });
      const others = [document("before"), document("rest")].map(printLine);
      const { entries, leftOut, failure } = await importText(
        [printLine(headerOf("p")), others[0], line, others[1], end].join(""),
      );
      expect(failure).toBeNull();
      expect(leftOut).toEqual([
        expect.stringMatching(
          new RegExp(
            `^FILE:3: left out: ${kind}, whose \\w+ must be at most 10\\d\\d \\w+ long: "${QUOTED}"$`,
          ),
        ),
      ]);
      expect(await entries("p")).toEqual([document("before"), document("rest")]);
    },
  );

  test("of a project leaves the project out", async () => {
    const { store, leftOut, failure } = await importText(
      textOf(LONG, [document("d"), document("e")]) + textOf("b", [document("d")]),
    );
    expect(failure).toBeNull();
    expect(leftOut).toEqual([
      `FILE:1: left out: all of a project, whose id must be at most 1024 bytes long: "${QUOTED}"`,
    ]);
    expect(await store.listProjects()).toEqual(["b"]);
  });

  test("that is a thread's tag leaves out its states and messages too", async () => {
    const lines = fixture
      .filter((line) => /^\{"kind":"(thread|message|checkpoint)"/.test(line))
      .map((line) => JSON.parse(line) as TransferEntry);
    const changed = lines.map((entry) =>
      entry.kind === "thread" && entry.threadId === "chat/1"
        ? { ...entry, chat: { ...entry.chat, tags: [LONG] } }
        : entry,
    );
    const { entries, leftOut, failure } = await importText(textOf("p", changed));
    expect(failure).toBeNull();
    expect(leftOut).toHaveLength(1);
    const stored = changed.filter((entry) => !("threadId" in entry && entry.threadId === "chat/1"));
    expect(stored.length).toBeLessThan(changed.length - 1);
    expect(await entries("p")).toHaveLength(stored.length);
  });

  test("is none where Skein made a long ref of one", async () => {
    const id = "é".repeat(512);
    const weaveRef = `weave:///p/agent_conversation/${encodeURIComponent(id)}`;
    const entry = { ...entryOf("feedback"), target: { kind: "conversation", id }, weaveRef } as TransferEntry;
    const { entries, leftOut } = await importText(textOf("p", [entry]));
    expect(leftOut).toEqual([]);
    expect(await entries("p")).toEqual([entry]);
  });

  test("is let through at its limit", async () => {
    const entry = { ...entryOf("thread"), threadId: "é".repeat(512) } as TransferEntry;
    const { entries, leftOut } = await importText(textOf("é".repeat(512), [entry]));
    expect(leftOut).toEqual([]);
    expect(await entries("é".repeat(512))).toEqual([entry]);
  });
});
