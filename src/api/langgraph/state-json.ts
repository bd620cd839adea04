import { formatInstant } from "../../model/instant.ts";
import { parseJsonObject } from "../../model/json/parse.ts";
import { printJson } from "../../model/json/print.ts";
import type { Checkpoint } from "../../model/thread-record.ts";

/** What a thread without a state answers. */
export const NO_STATE =
  '{"values":{},"next":[],"tasks":[],"metadata":{},"created_at":null,"checkpoint":null,"parent_checkpoint":null,"interrupts":[]}';

/** A state as LangGraph's API prints it. */
export function stateJson(threadId: string, state: Checkpoint): string {
  const { checkpointId, parentId, createdAt, values, next, tasks, metadata } = state;
  return (
    `{"values":${values},"next":${JSON.stringify(next)},"tasks":${tasks},"metadata":${metadata}` +
    `,"created_at":"${formatInstant(createdAt)}","checkpoint":${checkpointJson(threadId, checkpointId)}` +
    `,"parent_checkpoint":${parentId === null ? null : checkpointJson(threadId, parentId)}` +
    `,"interrupts":${allInterrupts(state.interrupts)}}`
  );
}

/** The place of a state in a thread's history; clients hand it back to name the state. */
export function checkpointJson(threadId: string, checkpointId: string): string {
  return `{"thread_id":"${threadId}","checkpoint_ns":"","checkpoint_id":"${checkpointId}","checkpoint_map":null}`;
}

/** The interrupts of all tasks in one list. */
function allInterrupts(byTask: string): string {
  return byTask === "{}" ? "[]" : printJson([...parseJsonObject(byTask, ["interrupts"]).values()].flat());
}
