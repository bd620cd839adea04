import fc from "fast-check";
import { printJson } from "../../../src/model/json/print.ts";
import type { JsonValue } from "../../../src/model/json/value.ts";
import {
  RECORD_SORT_FIELDS,
  type StateChange,
  THREAD_STATUSES,
  type ThreadSearch,
} from "../../../src/model/threads/thread-record.ts";
import type { Store } from "../../../src/store/store.ts";
import { change, draft, filter, patch, search, uuid } from "../record-builders.ts";
import { feedbacks, THREAD_IDS, version } from "./arbitrary-spans.ts";

/** The threads that arbitrary operations make: spans make some of them too, and not all ids are UUIDs in lower case. */
export const RECORD_IDS = [...THREAD_IDS, uuid(1), uuid(2), uuid(10), "AAAAAAAA-0000-7000-8000-000000000000"];

const threadId = fc.constantFrom(...RECORD_IDS);

/** Few, and as far apart as the TTLs are long, so that expiry, ties and clocks that go backwards all come up. */
export const instant = fc.nat(6).map((step) => step * 30_000_000);

const scalar = fc.constantFrom<JsonValue>(
  null,
  true,
  "x",
  "1",
  { digits: "1" },
  { digits: "1.0" },
  { digits: "9007199254740993" },
);
const key = fc.constantFrom("a", "b", "", "a.b", "__proto__", "messages");
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 4, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc.array(fc.tuple(key, tie("value")), { maxLength: 2 }).map((all) => new Map(all)),
    },
  ),
}));

/** Small JSON objects of few keys and values, so that one contains another often. */
export const document = fc
  .array(fc.tuple(key, value), { maxLength: 3 })
  .map((members) => printJson(new Map(members)));

const ttl = fc.option(
  fc.record({
    strategy: fc.constantFrom("delete" as const, "keep_latest" as const),
    minutes: fc.constantFrom(0.5, 1, 2),
  }),
  { freq: 2 },
);
const status = fc.option(fc.constantFrom(...THREAD_STATUSES), { freq: 2 });
const id = fc.constantFrom("1", "2", "3");
const message = fc.oneof(
  fc.record({ id, type: fc.constantFrom("human", "remove") }),
  fc.record(
    {
      id,
      type: fc.constantFrom("human", "ai", "ai", "tool"),
      content: fc.constantFrom("", "hi", "some words"),
      name: fc.constantFrom("a", "user"),
      usage_metadata: fc.constantFrom({ input_tokens: 1, output_tokens: 2 }, null),
    },
    { requiredKeys: ["type", "content"] },
  ),
);
const update = fc.oneof(
  document.filter((text) => !text.includes("remove")),
  fc.array(message, { maxLength: 3 }).map((messages) => JSON.stringify({ messages })),
);

const stateChange: fc.Arbitrary<StateChange> = fc
  .record({
    checkpointId: fc.nat(8).map(uuid),
    updates: fc.array(update, { maxLength: 2 }),
    status,
    next: fc.option(fc.constantFrom<string[]>([], ["step"])),
    tasks: fc.option(fc.constantFrom("[]", '[{"id":"1"}]')),
    interrupts: fc.option(fc.constantFrom("{}", '{"1":[{"value":1}]}')),
    asNode: fc.option(fc.constant("agent")),
  })
  .map((given) => change(given));

/** Something done to a project of a store, and what it answers. */
export interface Operation {
  name: string;
  input: unknown;
  run(store: Store, projectId: string): Promise<unknown>;
}

const at = { threadId, now: instant };

/** Every way to change what a store holds, spans and feedback included. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 3,
    arbitrary: op(
      "writeSpans",
      fc.record({
        spans: fc.array(version, { minLength: 1, maxLength: 6 }),
        now: fc.option(instant, { nil: undefined }),
      }),
      ({ spans, now }, store, projectId) =>
        store.writeSpans(
          spans.map((span) => ({ ...span, projectId })),
          now,
        ),
    ),
  },
  {
    weight: 1,
    arbitrary: op(
      "createFeedback",
      fc.record({ all: feedbacks.filter((all) => all.length > 0), createdAt: instant }),
      ({ all: [first], createdAt }, store, projectId) =>
        store.createFeedback({ ...first!, createdAt, projectId }),
    ),
  },
  {
    weight: 4,
    arbitrary: op(
      "createThread",
      fc.record({
        ...at,
        metadata: document,
        ttl,
        states: fc.array(stateChange, { maxLength: 2 }),
        ifExists: fc.constantFrom("raise" as const, "do_nothing" as const),
      }),
      (given, store, projectId) => store.createThread(draft({ ...given, projectId })),
    ),
  },
  {
    weight: 3,
    arbitrary: op(
      "patchThread",
      fc.record({ ...at, metadata: fc.option(document), ttl, status }),
      (given, store, projectId) => store.patchThread(patch({ ...given, projectId })),
    ),
  },
  {
    weight: 5,
    arbitrary: op(
      "setState",
      fc.record({ ...at, baseId: fc.option(fc.nat(8).map(uuid), { freq: 2 }), change: stateChange }),
      (given, store, projectId) => store.setState({ ...given, projectId }),
    ),
  },
  {
    weight: 2,
    arbitrary: op("deleteThread", fc.record(at), (given, store, projectId) =>
      store.deleteThread({ ...given, projectId }),
    ),
  },
  {
    weight: 2,
    arbitrary: op(
      "copyThread",
      fc.record({ ...at, copyId: threadId }),
      ({ copyId, ...given }, store, projectId) => store.copyThread({ ...given, projectId }, copyId),
    ),
  },
  {
    weight: 1,
    arbitrary: op(
      "pruneThreads",
      fc.record({
        threadIds: fc.array(threadId, { maxLength: 3 }),
        strategy: fc.constantFrom("delete" as const, "keep_latest" as const),
        now: instant,
      }),
      (given, store, projectId) => store.pruneThreads({ ...given, projectId }),
    ),
  },
  {
    weight: 1,
    arbitrary: op("sweepExpired", instant, async (now, store) => {
      // Other examples share the store, so the number is theirs too.
      await store.sweepExpired(now, 1_000);
    }),
  },
);

/** An operation on inputs of some kind. */
export function op<Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  run: (input: Input, store: Store, projectId: string) => Promise<unknown>,
): fc.Arbitrary<Operation> {
  return inputs.map((input) => ({ name, input, run: (store, projectId) => run(input, store, projectId) }));
}

/** Every way to ask for records; of paths and documents a few. */
export const searches: fc.Arbitrary<ThreadSearch> = fc
  .record({
    now: instant,
    threadIds: fc.option(fc.subarray([...RECORD_IDS, "none"]), { freq: 2 }),
    metadata: fc.option(document, { freq: 2 }),
    values: fc.option(document, { freq: 2 }),
    status,
    uuidsOnly: fc.boolean(),
    sortBy: fc.constantFrom(...RECORD_SORT_FIELDS),
    sortOrder: fc.constantFrom("asc" as const, "desc" as const),
    limit: fc.option(fc.nat(4)),
    offset: fc.nat(2),
    documents: fc.subarray(["metadata" as const, "values" as const, "interrupts" as const]),
    extract: fc.subarray([
      { document: "metadata" as const, steps: ["a"] },
      { document: "values" as const, steps: ["messages", -1, "id"] },
      { document: "config" as const, steps: [] },
    ]),
    withTotal: fc.boolean(),
  })
  .map((given) => search({ ...filter(), ...given }));
