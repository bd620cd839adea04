/** A small random source. The same seed gives the same values, on every machine. */
export interface Rng {
  /** From 0 up to, but not, 1. */
  next(): number;
  /** A whole number below `n`. */
  below(n: number): number;
  /** A whole number from `low` to `high`, both included. */
  from(low: number, high: number): number;
  /** True in that share of the cases. */
  chance(share: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** One of the names, as often as its weight says. */
  weighted<Name extends string>(weights: Record<Name, number>): Name;
  bytes(length: number): Buffer;
}

/** The random source of one input: it depends on nothing but the seed and the input's number. */
export function createRng(seed: number, number = 0): Rng {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) >>> 0;

  // mulberry32
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const below = (n: number) => Math.floor(next() * n);
  return {
    next,
    below,
    from: (low, high) => low + below(high - low + 1),
    chance: (share) => next() < share,
    pick: <T>(items: readonly T[]) => items[below(items.length)] as T,
    weighted<Name extends string>(weights: Record<Name, number>): Name {
      const entries = Object.entries<number>(weights) as [Name, number][];
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) {
        left -= weight;
        if (left < 0) return name;
      }
      return entries[0]![0];
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}
