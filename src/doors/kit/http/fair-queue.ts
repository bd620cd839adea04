/** Entries that wait, each for an owner. Owners take turns; the entries of one go in the order they came. */
export interface FairQueue<Entry> {
  readonly size: number;
  /** How many entries of an owner wait. */
  sizeOf(owner: object): number;
  add(owner: object, entry: Entry): void;
  /** Takes an entry out, if it is still there. */
  remove(owner: object, entry: Entry): void;
  /** Takes out the next entry of the first owner that may go. */
  take(mayGo?: (owner: object) => boolean): Entry | undefined;
  /** All that wait. */
  entries(): Iterable<Entry>;
}

/** A queue in which adding and removing cost the same however many wait, and taking an owner that may not go each. */
export function createFairQueue<Entry>(): FairQueue<Entry> {
  const byOwner = new Map<object, Set<Entry>>();
  let size = 0;

  function remove(owner: object, entry: Entry): void {
    const entries = byOwner.get(owner);
    if (!entries?.delete(entry)) return;
    size -= 1;
    if (entries.size === 0) byOwner.delete(owner);
  }

  return {
    get size() {
      return size;
    },
    sizeOf: (owner) => byOwner.get(owner)?.size ?? 0,
    add(owner, entry) {
      const entries = byOwner.get(owner);
      if (entries) entries.add(entry);
      else byOwner.set(owner, new Set([entry]));
      size += 1;
    },
    remove,
    take(mayGo = () => true) {
      for (const [owner, entries] of byOwner) {
        if (!mayGo(owner)) continue;
        const [entry] = entries;
        // To the end of the line.
        byOwner.delete(owner);
        byOwner.set(owner, entries);
        remove(owner, entry!);
        return entry;
      }
      return undefined;
    },
    *entries() {
      for (const entries of byOwner.values()) yield* entries;
    },
  };
}
