/** Keeps the first of what it is given, in an order. */
export interface Top<Item> {
  add(item: Item): void;
  /** What is kept, in order. */
  items(): Item[];
}

/** Keeps about twice as many items as it is to find. */
export function createTop<Item>(most: number, compare: (a: Item, b: Item) => number): Top<Item> {
  let kept: Item[] = [];
  const sorted = () => kept.toSorted(compare).slice(0, most);
  return {
    add(item) {
      kept.push(item);
      if (kept.length >= 2 * most + 1000) kept = sorted();
    },
    items: sorted,
  };
}
