/** What a reader may say of its read. */
export interface ReadOptions {
  /** Ends the read; the iterator then raises the signal's reason. */
  signal?: AbortSignal;
}
