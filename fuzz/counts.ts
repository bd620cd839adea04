import type { Input, Outcome } from "./input.ts";

/** How many inputs of each route came to which end. */
export interface Counts {
  add(input: Input, outcome: Outcome): void;
  total(): number;
  /** A row for each door and route. */
  rows(): Record<string, string | number>[];
}

export function createCounts(): Counts {
  const rows = new Map<string, Map<string, number>>();
  let total = 0;
  return {
    add({ door, route }, { statuses, code, end }) {
      total += 1;
      const key = `${door}\t${route}`;
      const row = rows.get(key) ?? new Map<string, number>();
      rows.set(key, row);
      for (const ending of statuses.length === 0
        ? [end]
        : statuses.map((status) => `${status}${code ? ` ${code}` : ""}`)) {
        row.set(ending, (row.get(ending) ?? 0) + 1);
      }
    },
    total: () => total,
    rows() {
      return [...rows]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, endings]) => {
          const [door = "", route = ""] = key.split("\t");
          const ended = [...endings]
            .sort(([, a], [, b]) => b - a)
            .map(([ending, count]) => `${ending}: ${count}`);
          return { door, route, endings: ended.join(", ") };
        });
    },
  };
}
