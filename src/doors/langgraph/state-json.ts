import { InvalidRequestError } from "../../model/base/errors.ts";
import { formatInstant } from "../../model/base/instant.ts";
import { parseJsonObject } from "../../model/json/parse.ts";
import { printJson } from "../../model/json/print.ts";
import type { Checkpoint } from "../../model/threads/thread-record.ts";

const STATE_FIELDS = [
  "values",
  "next",
  "tasks",
  "metadata",
  "created_at",
  "checkpoint",
  "parent_checkpoint",
  "interrupts",
] as const;

type StateField = (typeof STATE_FIELDS)[number];

/** What of a state to print. */
export interface StateView {
  fields: readonly StateField[];
  /** The only members of the values to print; null for all. */
  keys: ReadonlySet<string> | null;
}

const VALUES_KEY = "values.";

/**
 * What a request selects of states: names of fields, and `values.<key>` for one member of the values. Nothing or an
 * empty list is everything.
 *
 * @throws InvalidRequestError for another name
 */
export function stateView(select: string[]): StateView {
  if (select.length === 0) return { fields: STATE_FIELDS, keys: null };
  const keys = select.filter(isValuesKey).map((name) => name.slice(VALUES_KEY.length));
  const wrong = select.findIndex(
    (name) => !isValuesKey(name) && !STATE_FIELDS.some((field) => field === name),
  );
  if (wrong >= 0) {
    const message = `must be one of ${STATE_FIELDS.join(", ")} or values.<key>`;
    throw new InvalidRequestError([{ path: [wrong], message }]);
  }
  return {
    fields: STATE_FIELDS.filter((name) => select.includes(name) || (name === "values" && keys.length > 0)),
    keys: select.includes("values") ? null : new Set(keys),
  };
}

function isValuesKey(name: string): boolean {
  return name.startsWith(VALUES_KEY);
}

const PRINT: Record<StateField, (threadId: string, state: Checkpoint, view: StateView) => string> = {
  values: (_, { values }, { keys }) => (keys ? membersOf(values, keys) : values),
  next: (_, { next }) => JSON.stringify(next),
  tasks: (_, { tasks }) => tasks,
  metadata: (_, { metadata }) => metadata,
  created_at: (_, { createdAt }) => `"${formatInstant(createdAt)}"`,
  checkpoint: (threadId, { checkpointId }) => checkpointJson(threadId, checkpointId),
  parent_checkpoint: (threadId, { parentId }) =>
    parentId === null ? "null" : checkpointJson(threadId, parentId),
  interrupts: (_, { interrupts }) => allInterrupts(interrupts),
};

/** What a thread without a state answers. */
const NO_STATE: Record<StateField, string> = {
  values: "{}",
  next: "[]",
  tasks: "[]",
  metadata: "{}",
  created_at: "null",
  checkpoint: "null",
  parent_checkpoint: "null",
  interrupts: "[]",
};

/** A state as LangGraph's API prints it; null is that of a thread that has none yet. */
export function stateJson(threadId: string, state: Checkpoint | null, view: StateView): string {
  const members = view.fields.map(
    (field) => `"${field}":${state ? PRINT[field](threadId, state, view) : NO_STATE[field]}`,
  );
  return `{${members.join(",")}}`;
}

/** The place of a state in a thread's history; clients hand it back to name the state. */
export function checkpointJson(threadId: string, checkpointId: string): string {
  return `{"thread_id":"${threadId}","checkpoint_ns":"","checkpoint_id":"${checkpointId}","checkpoint_map":null}`;
}

/** Some members of an object. */
function membersOf(text: string, keys: ReadonlySet<string>): string {
  const members = [...parseJsonObject(text, ["values"])].filter(([key]) => keys.has(key));
  return printJson(new Map(members));
}

/** The interrupts of all tasks in one list. */
function allInterrupts(byTask: string): string {
  return byTask === "{}" ? "[]" : printJson([...parseJsonObject(byTask, ["interrupts"]).values()].flat());
}
