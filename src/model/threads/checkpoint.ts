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
