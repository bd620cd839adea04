import type { Instant } from "../base/instant.ts";
import { parseJsonObject } from "../json/parse.ts";
import { printJson } from "../json/print.ts";
import type { JsonObject } from "../json/value.ts";
import { updateState } from "./state-update.ts";
import type { Checkpoint, StateChange } from "./thread-record.ts";

/** A checkpoint as it is kept: with what its metadata are made of, in place of these. */
export interface KeptCheckpoint extends Omit<Checkpoint, "metadata"> {
  /** Counts from 0 along the line of checkpoints. */
  step: number;
  asNode: string | null;
}

/** A checkpoint beside its values, which are parsed once for all that asks for them. */
export interface ParsedCheckpoint {
  checkpoint: KeptCheckpoint;
  values: JsonObject;
}

/** A checkpoint, its values parsed. */
export function parseCheckpoint(checkpoint: KeptCheckpoint): ParsedCheckpoint {
  return { checkpoint, values: parseJsonObject(checkpoint.values, ["values"]) };
}

/**
 * The checkpoint that a change makes of the one it follows. What the updates leave as it was is in both values the same
 * object. Takes time in proportion to the sizes of the values and the updates.
 *
 * @param base null for a thread's first checkpoint
 * @param latestId of the thread's latest checkpoint, which need not be the base; null if there is none
 * @throws InvalidRequestError when an update is no JSON object, or `updateState` refuses it
 */
export function nextCheckpoint(
  base: ParsedCheckpoint | null,
  latestId: string | null,
  change: StateChange,
  now: Instant,
): ParsedCheckpoint {
  const before = base?.checkpoint ?? null;
  let values: JsonObject | null = base?.values ?? null;
  for (const update of change.updates) {
    values = updateState(values, parseJsonObject(update, ["values"]), ["values"]);
  }
  values ??= new Map();
  const checkpoint = {
    checkpointId: laterId(change.checkpointId, latestId),
    parentId: before?.checkpointId ?? null,
    createdAt: now,
    values: before && change.updates.length === 0 ? before.values : printJson(values),
    next: change.next ?? before?.next ?? [],
    tasks: change.tasks ?? before?.tasks ?? "[]",
    interrupts: change.interrupts ?? before?.interrupts ?? "{}",
    step: before ? before.step + 1 : 0,
    asNode: change.asNode,
  };
  return { checkpoint, values };
}

/** A checkpoint as it is shown. */
export function shownCheckpoint({ step, asNode, ...checkpoint }: KeptCheckpoint): Checkpoint {
  return { ...checkpoint, metadata: checkpointMetadata(step, asNode) };
}

/**
 * The id of a new checkpoint: the candidate, a UUID of version 7, unless the thread has a checkpoint with a greater one
 * (clocks differ); then the id next after that. So ids grow along a thread's history, whoever made them.
 */
export function laterId(candidate: string, latest: string | null): string {
  if (latest === null || candidate > latest) return candidate;
  const next = BigInt(`0x${latest.replaceAll("-", "")}`) + 1n;
  const digits = next.toString(16).padStart(32, "0");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * How a checkpoint came about, as a JSON object: what LangGraph's own checkpoints say, so that clients that filter or
 * show a history find what they look for. `step` counts from 0 along the line of checkpoints.
 */
export function checkpointMetadata(step: number, asNode: string | null): string {
  const node = asNode === null ? {} : { as_node: asNode };
  return JSON.stringify({ source: "update", step, parents: {}, ...node });
}
