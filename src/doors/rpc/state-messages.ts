import { create } from "@bufbuild/protobuf";
import {
  type Checkpoint as CheckpointMessage,
  CheckpointSchema,
  type StateChange as StateChangeMessage,
} from "../../../gen/skein/v1/state_pb.ts";
import type { FaultPath } from "../../model/base/errors.ts";
import type { Instant } from "../../model/base/instant.ts";
import { createUuid } from "../../model/base/uuid.ts";
import type { Checkpoint, StateChange } from "../../model/threads/thread-record.ts";
import { messageBytes } from "../kit/rpc/message-size.ts";
import { toTimestamp } from "../kit/rpc/timestamps.ts";
import type { DocumentField } from "./decode-documents.ts";
import { readStatus } from "./thread-messages.ts";

/** What the time of a checkpoint takes at most. */
const NUMBER_BYTES = 24;

/** The documents in a change of state. */
export function documentsOf(change: StateChangeMessage, path: FaultPath): DocumentField[] {
  const { updatesJson, tasksJson, interruptsJson } = change;
  return [
    ...updatesJson.map((text, index): DocumentField => {
      return { kind: "update", text, path: [...path, "updates_json", index] };
    }),
    { kind: "array", text: tasksJson, path: [...path, "tasks_json"] },
    { kind: "object", text: interruptsJson, path: [...path, "interrupts_json"] },
  ];
}

/**
 * The change of state a request asks for, once its documents are checked.
 *
 * @throws InvalidRequestError when another field is wrong
 */
export function readChange(change: StateChangeMessage, path: FaultPath, now: Instant): StateChange {
  return {
    checkpointId: createUuid(now),
    updates: change.updatesJson,
    status: readStatus(change.status, [...path, "status"]),
    next: change.next?.steps ?? null,
    tasks: change.tasksJson || null,
    interrupts: change.interruptsJson || null,
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
