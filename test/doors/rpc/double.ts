import type { Checkpoint } from "../../../src/model/threads/thread-record.ts";
import type { WholeRecord } from "../../../src/store/roles/records.ts";
import type { Store } from "../../../src/store/store.ts";
import { unusedStore } from "../../store/unused-store.ts";
import { NOW } from "../serve.ts";

/** A store that does what a test says, and nothing else. */
export function storeThat(does: Partial<Store>): Store {
  return { ...unusedStore, close: async () => {}, ...does };
}

/** A thread as a document, with what a test says of it. */
export function record(threadId: string, said: Partial<WholeRecord> = {}): WholeRecord {
  return {
    threadId,
    createdAt: NOW,
    updatedAt: NOW + 1,
    stateUpdatedAt: NOW + 2,
    status: "idle",
    ttl: null,
    metadata: "{}",
    values: null,
    interrupts: "{}",
    ...said,
  };
}

/** A state of a history, with what a test says of it. */
export function checkpoint(checkpointId: string, said: Partial<Checkpoint> = {}): Checkpoint {
  return {
    checkpointId,
    parentId: null,
    createdAt: NOW,
    values: "{}",
    next: [],
    tasks: "[]",
    interrupts: "{}",
    metadata: "{}",
    ...said,
  };
}

/** JSON texts that are kept digit by digit and key by key. */
export const EXACT =
  '{"n":9007199254740993,"e":1e400,"f":1.0,"__proto__":{"":null},"a.b[0]\\"":"😀","z":1,"a":2}';

const nested = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

/** Texts that are no document: what they are, the text and why it is refused. */
export const HOSTILE: [string, string, RegExp][] = [
  ["cut off", "{", /is not JSON/],
  ["prose", "nonsense", /is not JSON/],
  ["two objects", "{} {}", /is not JSON/],
  ["with NaN", '{"a":NaN}', /is not JSON/],
  ["an array", "[]", /must be a JSON object/],
  ["null", "null", /must be a JSON object/],
  ["a string", '"{}"', /must be a JSON object/],
  ["100 000 levels deep", `{"a":${nested}}`, /nests deeper than 200 levels/],
  ["with half a surrogate pair", '{"a":"\\ud800"}', /half a surrogate pair/],
];
