/** What a reader may say of its read. */
export interface ReadOptions {
  /** Ends the read; the iterator then raises the signal's reason. */
  signal?: AbortSignal;
  /**
   * Asks whether there is room for another batch: null if there is, else a promise that resolves when there is, or
   * rejects with what the read then raises. A read that makes batches elsewhere asks before each.
   */
  room?: () => Promise<void> | null;
}
