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

/** Adds one count of refusals to another. */
export function addRefusals(refusals: Refusals, more: Refusals): void {
  for (const [reason, spans] of more.byReason) refuse(refusals, reason, spans);
  refusals.count += unnamed(more);
}

/** The reasons as one line for people; empty when nothing was refused. */
export function describeRefusals(refusals: Refusals): string {
  const named = [...refusals.byReason].map(
    ([reason, spans]) => `${reason} (${spans} ${spans === 1 ? "span" : "spans"})`,
  );
  const rest = unnamed(refusals);
  return [...named, ...(rest > 0 ? [`other reasons (${rest})`] : [])].join("; ");
}

/** How many were refused for reasons past the ones that are named. */
function unnamed({ count, byReason }: Refusals): number {
  return count - [...byReason.values()].reduce((sum, spans) => sum + spans, 0);
}
