import fc from "fast-check";
import { compareCodePoints } from "../../../src/model/base/code-points.ts";
import { THREAD_STATUSES } from "../../../src/model/threads/thread-record.ts";
import type { EntryOf, TransferEntry } from "../../../src/model/transfer.ts";

/** Texts as they come from anywhere: line ends of every kind, zeros, quotes, astral characters. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.constantFrom("", "\u0000", "\n", "\r\n", "\u2028", '"', "\\", "__proto__", "\uFEFF", "\u{1F600}", "é"),
);
const optional = fc.option(text);
const instant = fc.oneof(fc.nat(3), fc.maxSafeInteger());
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const tokens = fc.option(fc.nat());
const bytes = fc.uint8Array({ maxLength: 5 });
const blank = fc.constantFrom("", " ", "\n");

/** JSON in any spelling: it comes back as it is written. */
const object = fc
  .tuple(blank, fc.dictionary(text, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }), blank)
  .map(([before, members, after]) => `${before}${JSON.stringify(members)}${after}`);
const value = fc.oneof(object, fc.constantFrom("1.0", "1e400", "[9007199254740993 ]", '"\\u00e9"', "null"));

const spanMessages = fc.array(
  fc.record({ role: fc.constantFrom("user" as const, "assistant" as const), text, json: value }),
  { maxLength: 2 },
);

const span: fc.Arbitrary<EntryOf<"span">> = fc.record({
  kind: fc.constant("span" as const),
  traceId: text,
  spanId: text,
  parentSpanId: optional,
  name: text,
  operationName: text,
  status: fc.constantFrom("UNSET" as const, "OK" as const, "ERROR" as const),
  startedAt: instant,
  startedAtNanos: fc.nat(999),
  endedAt: fc.option(instant),
  endedAtNanos: fc.nat(999),
  threadClaim: fc.option(fc.record({ threadId: text, rank: fc.nat(3), key: text })),
  isTurn: fc.option(fc.boolean()),
  agentName: optional,
  model: optional,
  inputTokens: tokens,
  outputTokens: tokens,
  messages: spanMessages,
  payload: bytes,
  origin: bytes,
});

const start = fc.record({
  traceId: text,
  parentId: optional,
  opName: text,
  displayName: optional,
  threadId: optional,
  turnId: optional,
  startedAt: instant,
  userId: optional,
  runId: optional,
  model: optional,
  messages: spanMessages,
  refs: fc.uniqueArray(text, { maxLength: 2 }),
  json: object,
});
const end = fc.record({
  endedAt: instant,
  failed: fc.boolean(),
  displayName: optional,
  model: optional,
  inputTokens: tokens,
  outputTokens: tokens,
  messages: spanMessages,
  refs: fc.uniqueArray(text, { maxLength: 2 }),
  json: object,
});
/** Its id is none that a span has: of the two a call replaces the other. */
const call: fc.Arbitrary<EntryOf<"call">> = fc
  .record({
    kind: fc.constant("call" as const),
    callId: text.map((id) => `call ${id}`),
    start: fc.option(start),
    end: fc.option(end),
    givenName: optional,
  })
  .filter((call) => call.start !== null || call.end !== null || call.givenName !== null);

const feedback: fc.Arbitrary<EntryOf<"feedback">> = fc.record({
  kind: fc.constant("feedback" as const),
  id: text,
  createdAt: instant,
  feedbackType: text,
  target: fc.record({ kind: fc.constantFrom("conversation", "turn", "span", "call", "other"), id: text }),
  weaveRef: text,
  payloadJson: object,
  creator: optional,
  userId: optional,
  tags: fc.array(text, { maxLength: 2 }),
  ratings: fc.array(
    fc.record({ name: text, value: number, reason: optional, confidence: fc.option(number) }),
    { maxLength: 2 },
  ),
  extraJson: object,
});

const ttl = fc.record({
  strategy: fc.constantFrom("delete" as const, "keep_latest" as const),
  minutes: fc.double({ min: 0.001, max: 1e9, noNaN: true }),
  expiresAt: instant,
});
const chat = fc.record({
  projectType: text,
  title: optional,
  tags: fc.array(text, { maxLength: 2 }),
  documents: object,
  isArchived: fc.boolean(),
  isPinned: fc.boolean(),
  isReadonly: fc.boolean(),
  createdBy: optional,
  modifiedBy: optional,
  revision: fc.nat(),
});
const thread: fc.Arbitrary<EntryOf<"thread">> = fc.record({
  kind: fc.constant("thread" as const),
  threadId: text,
  madeAt: instant,
  changedAt: instant,
  stateChangedAt: fc.option(instant),
  status: fc.constantFrom(...THREAD_STATUSES),
  ttl: fc.option(ttl),
  metadata: object,
  chat,
});
const checkpoint = fc.record({
  checkpointId: text,
  parentId: optional,
  step: fc.nat(),
  asNode: optional,
  createdAt: instant,
  values: object,
  next: fc.array(text, { maxLength: 2 }),
  tasks: fc.constantFrom("[]", '[ {"id":1.0} ]'),
  interrupts: object,
  messageTimes: fc.array(instant, { maxLength: 3 }),
});
const message = fc.record({
  messageId: text,
  role: fc.oneof(text, fc.constantFrom("user", "assistant")),
  createdAt: instant,
  text,
  json: value,
  agent: optional,
  model: optional,
  inputTokens: tokens,
  outputTokens: tokens,
  // An assistant's response is timed where nobody says how long it took.
  responseTimeMs: number,
});
const threadWithAll: fc.Arbitrary<TransferEntry[]> = fc
  .tuple(thread, distinct(checkpoint, ["checkpointId"]), distinct(message, ["messageId"]))
  .map(([made, states, messages]) => {
    const { threadId } = made;
    const latest = states.toSorted((a, b) => compareCodePoints(a.checkpointId, b.checkpointId)).at(-1);
    const checkpoints = states.map((state) =>
      state === latest && messages.length === 0
        ? { ...state, values: talk(state.messageTimes.length) }
        : { ...state, messageTimes: [] },
    );
    return [
      made,
      ...checkpoints.map((each) => ({ kind: "checkpoint" as const, threadId, ...each })),
      ...messages.map((each) => ({ kind: "message" as const, threadId, ...each })),
    ];
  });

/** Values of a state with so many utterances, of which one that has no id is as good as another. */
function talk(length: number): string {
  const messages = Array.from({ length }, (_, index) => ({
    role: ["user", "assistant"][index % 2],
    content: "é",
  }));
  return JSON.stringify({ messages: messages.flatMap((each) => [{ role: "tool", content: "" }, each]) });
}

const document: fc.Arbitrary<EntryOf<"document">> = fc.record({
  kind: fc.constant("document" as const),
  digest: text,
  json: value,
});
const version = fc.record({
  objectId: text,
  versionIndex: fc.nat(3),
  isOp: fc.boolean(),
  baseObjectClass: optional,
  leafObjectClass: optional,
  userId: optional,
  createdAt: instant,
});
/** Documents, with objects and tables made of them. */
const content: fc.Arbitrary<TransferEntry[]> = fc
  .record({
    documents: distinct(document, ["digest"]),
    versions: distinct(version, ["objectId", "versionIndex"]),
    tables: distinct(fc.record({ digest: text, length: fc.nat(2) }), ["digest"]),
    removals: distinct(fc.record({ objectId: text, nextIndex: fc.nat() }), ["objectId"]),
    files: distinct(fc.record({ digest: text, pieces: fc.array(bytes, { maxLength: 2 }) }), ["digest"]),
  })
  .map(({ documents, versions, removals, tables, files }) => {
    const digests = documents.map(({ digest }) => digest);
    // Each version of a name has a value of its own.
    const objects = versions.flatMap(({ versionIndex, ...each }) =>
      versionIndex < digests.length ? [{ ...each, versionIndex, digest: digests[versionIndex]! }] : [],
    );
    return [
      ...documents,
      ...objects.map((each) => ({ kind: "object" as const, ...each })),
      ...removals.map((each) => ({ kind: "removal" as const, ...each })),
      ...tables.map(({ digest, length }) => {
        const rowDigests = [...digests.slice(0, length), ...digests.slice(0, length)];
        return { kind: "table" as const, digest, rowDigests, continues: false };
      }),
      ...files.flatMap(({ digest, pieces }) =>
        (pieces.length === 0 ? [[]] : pieces.map((piece) => [piece])).map((part, index) => ({
          kind: "file" as const,
          digest,
          pieces: part,
          continues: index < pieces.length - 1,
        })),
      ),
    ];
  });

/** All that a project may hold, in any order that leaves stretches together and what is named before what names it. */
export const projectEntries: fc.Arbitrary<TransferEntry[]> = fc
  .tuple(
    distinct(span, ["traceId", "spanId"]),
    distinct(call, ["callId"]),
    distinct(feedback, ["id"]),
    fc.uniqueArray(threadWithAll, { maxLength: 3, selector: ([first]) => JSON.stringify(first) }),
    content,
  )
  .map(([spans, calls, feedbacks, threads, rest]) => {
    const byId = new Map(threads.map((all) => [(all[0] as EntryOf<"thread">).threadId, all]));
    return [...rest, ...[...byId.values()].flat(), ...feedbacks, ...calls, ...spans];
  });

function distinct<Item>(item: fc.Arbitrary<Item>, keys: (keyof Item)[]): fc.Arbitrary<Item[]> {
  const selector = (each: Item) => JSON.stringify(keys.map((key) => each[key]));
  return fc.uniqueArray(item, { maxLength: 4, selector });
}
