/** Keeps the first `k` of what it is given, in an order. */
export interface TopK<Item> {
  add(item: Item): void;
  /** What is kept, in order. */
  items(): Item[];
}

/** Keeps at most about twice `k` items in memory. */
export function topK<Item>(k: number, compare: (a: Item, b: Item) => number): TopK<Item> {
  let kept: Item[] = [];
  const sorted = () => kept.toSorted(compare).slice(0, k);
  return {
    add(item) {
      kept.push(item);
      if (kept.length >= 2 * k + 1000) kept = sorted();
    },
    items: sorted,
  };
}
