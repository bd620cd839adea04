/** How many different reasons an answer names at most. */
const MAX_REASONS = 20;

/** Spans of one export that were refused for good, by reason. */
export interface Refusals {
  count: number;
  /** The first reasons, with how many spans each has. */
  byReason: Map<string, number>;
}

export function noRefusals(): Refusals {
  return { count: 0, byReason: new Map() };
}

/** Counts refused spans; past the most reasons an answer names, only their number. */
export function refuse(refusals: Refusals, reason: string, spans = 1): void {
  refusals.count += spans;
  const before = refusals.byReason.get(reason);
  if (before !== undefined || refusals.byReason.size < MAX_REASONS) {
    refusals.byReason.set(reason, (before ?? 0) + spans);
  }
}

/** The reasons as one line for people; empty when nothing was refused. */
export function describeRefusals({ count, byReason }: Refusals): string {
  const named = [...byReason].map(
    ([reason, spans]) => `${reason} (${spans} ${spans === 1 ? "span" : "spans"})`,
  );
  const rest = count - [...byReason.values()].reduce((sum, spans) => sum + spans, 0);
  return [...named, ...(rest > 0 ? [`other reasons (${rest})`] : [])].join("; ");
}
