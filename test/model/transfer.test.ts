import { describe, expect, test } from "vitest";
import { formatWeaveRef } from "../../src/model/feedback/weave-ref.ts";
import { entriesByKind, type TransferEntry, type TransferFile, wholesOf } from "../../src/model/transfer.ts";
import { longTextIn } from "../../src/model/transfer-ids.ts";
import { feedback, PROJECT, span } from "../store/builders.ts";
import { end, start } from "../store/call-builders.ts";
import { message } from "../store/chat-builders.ts";

const LONG = "é".repeat(513);
const LONG_REF = "x".repeat(1001);
const ID = "at most 1024 bytes";
const REF = "at most 1000 characters";

const call = (given: object): TransferEntry => ({
  kind: "call",
  callId: "c",
  start: null,
  end: null,
  givenName: null,
  ...given,
});
const target = { kind: "conversation" as const, id: "t" };

describe("what of an entry is longer than doors take", () => {
  test.each<[string, TransferEntry, string, string]>([
    ["a span's id", { kind: "span", ...span({ spanId: LONG }) }, "spanId", ID],
    ["the thread it claims", { kind: "span", ...span({ thread: LONG }) }, "threadId", ID],
    ["a call's id", call({ callId: LONG }), "callId", ID],
    ["its op", call({ start: start("c", { opName: LONG }) }), "opName", ID],
    ["the model of its end", call({ end: end("c", { model: LONG }) }), "modelOfEnd", ID],
    ["a ref of its start", call({ start: start("c", { refs: ["short", LONG_REF] }) }), "refs", REF],
    ["a ref of its end", call({ end: end("c", { refs: [LONG_REF] }) }), "refs", REF],
    ["a tag", { kind: "feedback", ...feedback({ tags: ["short", LONG] }) }, "tags", ID],
    [
      "the id feedback is on",
      { kind: "feedback", ...feedback({ target: { ...target, id: LONG } }) },
      "target",
      ID,
    ],
    ["a ref of feedback", { kind: "feedback", ...feedback({ weaveRef: LONG_REF }) }, "weaveRef", REF],
    [
      "a ref of feedback on anything",
      { kind: "feedback", ...feedback({ weaveRef: LONG_REF, target: { kind: "other", id: LONG } }) },
      "weaveRef",
      REF,
    ],
    ["a message's agent", { kind: "message", threadId: "t", ...message({ agent: LONG }) }, "agent", ID],
    ["a document's digest", { kind: "document", digest: LONG, json: "{}" }, "digest", ID],
    ["a removed object", { kind: "removal", objectId: LONG, nextIndex: 1 }, "objectId", ID],
    ["a table's digest", { kind: "table", digest: LONG, rowDigests: [], continues: false }, "digest", ID],
    ["a file's digest", { kind: "file", digest: LONG, pieces: [], continues: false }, "digest", ID],
  ])("%s", (_, entry, field, limit) => {
    expect(longTextIn(entry, PROJECT)).toMatchObject({ field, limit: expect.stringContaining(limit) });
  });

  test("nothing, where all is within the limits", () => {
    for (const entry of [
      { kind: "span" as const, ...span({ parentSpanId: "é".repeat(512) }) },
      call({}),
      call({ start: start("c"), end: end("c", { refs: ["x".repeat(1000)] }) }),
      { kind: "feedback" as const, ...feedback({ tags: ["a"] }) },
    ]) {
      expect(longTextIn(entry, PROJECT)).toBeNull();
    }
  });

  test("a ref that Skein made of an id may be as long as that makes it", () => {
    const long = { ...target, id: "%".repeat(1000) };
    const weaveRef = formatWeaveRef(PROJECT, long);
    expect(weaveRef.length).toBeGreaterThan(1000);
    expect(longTextIn({ kind: "feedback", ...feedback({ target: long, weaveRef }) }, PROJECT)).toBeNull();
    expect(longTextIn({ kind: "feedback", ...feedback({ weaveRef }) }, PROJECT)).toMatchObject({
      limit: expect.any(String),
    });
  });
});

describe("stretches of files", () => {
  const stretch = (digest: string, continues: boolean): TransferFile => ({
    kind: "file",
    digest,
    pieces: [],
    continues,
  });

  test("make wholes in their order", () => {
    const entries = [
      stretch("a", true),
      stretch("a", true),
      stretch("a", false),
      stretch("b", false),
      stretch("a", false),
    ];
    expect(wholesOf(entries).map((whole) => whole.length)).toEqual([3, 1, 1]);
    expect(wholesOf([])).toEqual([]);
    expect(entriesByKind(entries)).toEqual({ file: entries });
  });

  test("that break off are refused", () => {
    expect(() => wholesOf([stretch("a", true), stretch("b", false)])).toThrow("file.a: breaks off");
    expect(() => wholesOf([stretch("a", true)])).toThrow("file.a: breaks off");
  });
});
