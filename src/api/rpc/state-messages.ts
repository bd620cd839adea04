import { create } from "@bufbuild/protobuf";
import {
  type Checkpoint as CheckpointMessage,
  CheckpointSchema,
  type StateChange as StateChangeMessage,
} from "../../../gen/skein/v1/state_pb.ts";
import type { Instant } from "../../model/instant.ts";
import { parseJsonObject } from "../../model/json/parse.ts";
import { updateState } from "../../model/state-update.ts";
import type { Checkpoint, StateChange } from "../../model/thread-record.ts";
import { createUuid } from "../../model/uuid.ts";
import { type FieldPath, readArray, readObject } from "./fields.ts";
import { messageBytes } from "./message-size.ts";
import { readStatus } from "./thread-messages.ts";
import { toTimestamp } from "./timestamps.ts";

/** What the time of a checkpoint takes at most. */
const NUMBER_BYTES = 24;

/**
 * The change of state a request asks for.
 *
 * @throws InvalidRequestError when a field is wrong, also where the update rule refuses an update: it does so whatever
 *   the state, so the fault is found here, where the field has a name
 */
export function readChange(change: StateChangeMessage, path: FieldPath, now: Instant): StateChange {
  for (const [index, update] of change.updatesJson.entries()) {
    const field = [...path, "updates_json", index];
    updateState(null, parseJsonObject(update, field), field);
  }
  return {
    checkpointId: createUuid(now),
    updates: change.updatesJson,
    status: readStatus(change.status, [...path, "status"]),
    next: change.next?.steps ?? null,
    tasks: readArray(change.tasksJson, [...path, "tasks_json"]),
    interrupts: readObject(change.interruptsJson, [...path, "interrupts_json"]),
    asNode: change.asNode || null,
  };
}

/** A checkpoint as it is sent. */
export function toCheckpoint(checkpoint: Checkpoint): CheckpointMessage {
  return create(CheckpointSchema, {
    checkpointId: checkpoint.checkpointId,
    parentId: checkpoint.parentId ?? "",
    createdAt: toTimestamp(checkpoint.createdAt),
    valuesJson: checkpoint.values,
    next: checkpoint.next,
    tasksJson: checkpoint.tasks,
    interruptsJson: checkpoint.interrupts,
    metadataJson: checkpoint.metadata,
  });
}

/** An upper bound of the encoded size of a checkpoint. */
export function checkpointBytes(checkpoint: Checkpoint): number {
  const { checkpointId, parentId, values, next, tasks, interrupts, metadata } = checkpoint;
  return messageBytes(
    NUMBER_BYTES,
    checkpointId,
    parentId ?? "",
    values,
    ...next,
    tasks,
    interrupts,
    metadata,
  );
}
