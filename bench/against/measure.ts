import type { Kind } from "./base.ts";

/** How often a server is loaded with each measure, in turns with the other; the first time does not count. */
export const SLICES = 6;

/** Something that servers are asked again and again. */
export interface Measure {
  what: string;
  kind: Kind;
  open(url: string): Promise<Load> | Load;
}

/** A measure's clients, connected to one server. */
export interface Load {
  /** Does the slice of a number, from 0 on; resolves with how much of what is measured is done. */
  slice(number: number): Promise<number>;
  close(): void;
}
