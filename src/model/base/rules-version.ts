/**
 * The numbers of the rules by which a store derives what it keeps beside what came in. Whoever changes such a rule
 * raises its number by one, and does no more: what carries another number is derived again, in the background and
 * whenever a write touches it.
 */

/**
 * Where the spans of a trace belong, its turns with what they add up to and say, the transcripts these make, and how
 * often words are kept of what its spans and calls say.
 */
export const TRACE_RULES = 3;

/** The messages of a thread's latest state, and when each came. */
export const THREAD_RULES = 1;

/** Which terms of metadata and values the index of terms holds. */
export const TERM_RULES = 1;
