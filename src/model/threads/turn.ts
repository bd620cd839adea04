import type { Instant } from "../base/instant.ts";
import type { ThreadKeyAt } from "./thread-record.ts";

/** One exchange of a thread. */
export interface ThreadTurn {
  /** The id of the span that is the turn, or of the first of those that are it together. */
  turnId: string;
  traceId: string;
  /** That span's name. */
  name: string;
  startedAt: Instant;
  /** Null while it runs, as is the duration. */
  endedAt: Instant | null;
  durationMs: number | null;
  failed: boolean;
  /** As the span that is the turn says; else as the latest span in it that names one. */
  agent: string | null;
  model: string | null;
  /** Spans that are in it. */
  spanCount: number;
  /** Tokens of these spans, counted once as a thread's are. */
  inputTokens: number;
  outputTokens: number;
}

/** A turn with its place among the turns of its thread. */
export interface PlacedTurn extends ThreadTurn {
  place: TurnPlace;
}

/** A place among the turns of a thread from which a later read can go on; what it holds is the store's own affair. */
type TurnPlace = (number | string)[];

/** Asks for turns of a thread, which are in the order of (startedAt, turnId, traceId). */
export interface TurnQuery extends ThreadKeyAt {
  limit: number;
  /** Which end of the order the turns are nearest to. */
  from: "oldest" | "newest";
  /** Goes on past this place, away from that end; null to start there. */
  cursor: TurnPlace | null;
}
