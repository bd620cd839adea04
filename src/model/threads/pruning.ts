/** What of a thread's history goes when it is pruned. */
export interface Pruning<State> {
  removed: State[];
  /** The one that stays: it follows none any more. Null where none stays. */
  kept: State | null;
}

/** Prunes a history to one of its states, its latest; null leaves none. */
export function prunedTo<State>(history: readonly State[], latest: State | null): Pruning<State> {
  const removed = history.filter((state) => state !== latest);
  return { removed, kept: removed.length < history.length ? latest : null };
}
