import type { TranscriptSummary } from "./transcript-summary.ts";

/** Where messages of a thread come from. The first of these that has any makes the thread's transcript. */
export const TRANSCRIPT_SOURCES = ["appended", "state", "turns"] as const;

export type TranscriptSource = (typeof TRANSCRIPT_SOURCES)[number];

/** What decides whether the messages of a source are shown, and what a list sorts and counts by then. */
export type TranscriptTotals = Pick<TranscriptSummary, "messages" | "tokens" | "lastMessageAt">;

/** The transcript of a thread. */
export interface ShownTranscript extends TranscriptTotals {
  source: TranscriptSource;
}

/**
 * Which messages are a thread's transcript; those of its turns where there are none at all.
 *
 * @param totalsOf what a source has, null for nothing; not asked past the one that is shown
 */
export function shownTranscript(
  totalsOf: (source: TranscriptSource) => TranscriptTotals | null,
): ShownTranscript {
  for (const source of TRANSCRIPT_SOURCES) {
    const { messages, tokens, lastMessageAt } = totalsOf(source) ?? NOTHING;
    if (messages > 0) return { source, messages, tokens, lastMessageAt };
  }
  return { source: "turns", ...NOTHING };
}

const NOTHING: TranscriptTotals = { messages: 0, tokens: null, lastMessageAt: null };
