/** What is measured: writes that come in, or reads. */
export type Kind = "ingest" | "reads";

/** A commit that others are held against. */
export interface Base {
  commit: string;
  /** The least share of its speed that the present one is to have. */
  bounds: Record<Kind, number>;
}

const BOUNDS = { ingest: 0.9, reads: 0.95 };

/** Commits by the names that they go by here. */
const BASES: Record<string, Base> = { base: { commit: "dab1d88", bounds: BOUNDS } };

/** The base of a name, or any commit by what git calls it, with the same bounds. */
export function baseOf(name: string): Base {
  return Object.hasOwn(BASES, name) ? BASES[name]! : { commit: name, bounds: BOUNDS };
}
