/**
 * The most that a read may take on the main thread, where nothing else happens meanwhile: some milliseconds at worst. A
 * read that may take more of anything goes to a worker, which costs it some 0.1 ms.
 */
export const BUDGET = {
  /** Bytes of documents and messages, in all. */
  bytes: 512 * 1024,
  /** The list of threads with their statistics: a step over a row costs an index entry. */
  threads: { rows: 500, offset: 5000, ids: 100 },
  /** Spans of conversations. */
  spans: { conversations: 50, spans: 500 },
  /** The search of threads as documents, and their count; `filter` is in UTF-16 units of the filters' text. */
  records: { rows: 100, offset: 1000, ids: 100, filter: 16 * 1024, candidates: 200 },
  /** The history of a thread. */
  states: { rows: 20 },
  chats: { rows: 100 },
  /** A stretch of a transcript; an offset costs an index entry for each turn, where turns say the messages. */
  messages: { rows: 200, offset: 2000 },
  turns: { rows: 500 },
} as const;
