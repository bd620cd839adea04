/** Bytes that many owners hold, one by one and in all. */
export interface ByteCounts {
  readonly total: number;
  of(owner: object): number;
  /** Counts more bytes of an owner, or fewer. */
  add(owner: object, bytes: number): void;
}

export function createByteCounts(): ByteCounts {
  const byOwner = new Map<object, number>();
  let total = 0;
  return {
    get total() {
      return total;
    },
    of: (owner) => byOwner.get(owner) ?? 0,
    add(owner, bytes) {
      total += bytes;
      const held = (byOwner.get(owner) ?? 0) + bytes;
      if (held === 0) byOwner.delete(owner);
      else byOwner.set(owner, held);
    },
  };
}
