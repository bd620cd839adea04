import type { ThreadKey } from "../../../../model/traces/node.ts";
import type { TranscriptSummary } from "../../../../model/transcripts/transcript-summary.ts";
import type { SummaryChange } from "../../../../model/transcripts/turn-summary.ts";
import {
  concernsTranscript,
  followTurns,
  NO_TURNS,
  type TurnsTranscript,
} from "../../../../model/transcripts/turns-transcript.ts";
import type { Database } from "../../connection/database.ts";
import { createTranscriptRows, OF_TURNS, storedSummary } from "../../tables/transcript-rows.ts";
import { createTurnEdges } from "./turn-edges.ts";

/** Keeps the transcripts that turns make. The changes of a transaction are collected and written once per thread. */
export interface TurnTranscripts {
  /** A turn of a thread changed, some of whose spans said so much or say it now. */
  changed(thread: ThreadKey, change: SummaryChange, said: number): void;
  /** Writes what changed, and returns it: in the rows of the threads it is yet to be written. */
  flush(): [ThreadKey, TranscriptSummary][];
  /** Forgets what was collected, when the transaction is rolled back. */
  discard(): void;
}

/** The transcript as it is stored. */
interface Stored extends Omit<TurnsTranscript, "edges"> {
  leads: TurnsTranscript["edges"];
}

export function createTurnTranscripts(db: Database): TurnTranscripts {
  const transcripts = createTranscriptRows(db);
  const edges = createTurnEdges(db);
  const pending = new Map<ThreadKey, SummaryChange[]>();

  function read(thread: ThreadKey): TurnsTranscript {
    const text = storedSummary(db, thread, OF_TURNS);
    if (text === null) return NO_TURNS;
    const { leads, ...summary } = JSON.parse(text) as Stored;
    return { ...summary, edges: leads };
  }

  function put(thread: ThreadKey, { edges: leads, ...summary }: TurnsTranscript): void {
    const stored: Stored = { ...summary, leads };
    transcripts.put(thread, OF_TURNS, stored);
  }

  return {
    changed(thread, change, said) {
      if (!concernsTranscript(change, said)) return;
      const changes = pending.get(thread);
      if (changes) changes.push(change);
      else pending.set(thread, [change]);
    },
    flush() {
      const written = [...pending].map(([thread, changes]): [ThreadKey, TranscriptSummary] => {
        const transcript = followTurns(thread, read(thread), changes, edges);
        put(thread, transcript);
        return [thread, transcript];
      });
      pending.clear();
      return written;
    },
    discard: () => pending.clear(),
  };
}
