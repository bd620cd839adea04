/**
 * A part of what a store keeps beside what came in, while it is derived again because its rules have changed: the
 * index of terms, the messages of states with their times (`threads`), or turns, statistics and transcripts (`traces`).
 */
export interface Derivation {
  part: "terms" | "threads" | "traces";
  /** The number of the rules that it is brought to. */
  rules: number;
  /** How much of it is done, from 0 to 99. */
  percent: number;
}

/** Knows what of the store is by older rules. */
export interface DerivationState {
  /**
   * What is being derived again; empty when all is by the rules of today. It is done in the background, a small part at
   * a time, and goes on where it was when the store is opened again. Meanwhile every answer about a thread or trace is by
   * the old rules or by the new, never by both; an index that is not complete is not used. Costs one look-up for each part.
   */
  derivations(): Promise<Derivation[]>;
}
