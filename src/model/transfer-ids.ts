import { isLongId, isLongRef, LONG_ID, LONG_REF } from "./base/ids.ts";
import { formatWeaveRef } from "./feedback/weave-ref.ts";
import type { EntryOf, TransferEntry } from "./transfer.ts";

/** A text of an entry that is over its limit, and what the limit is. */
export interface LongText {
  field: string;
  text: string;
  limit: string;
}

/** Texts of an entry by the names of their fields. */
type Texts = Record<string, string | null | undefined | string[]>;

/** What of each entry is an id: an index may hold it. Stretches of one file or table have the same. */
const IDS: { [Kind in TransferEntry["kind"]]: (entry: EntryOf<Kind>) => Texts } = {
  span: ({ traceId, spanId, parentSpanId, threadClaim, agentName, model }) => {
    return { traceId, spanId, parentSpanId, threadId: threadClaim?.threadId, agentName, model };
  },
  call: ({ callId, start, end }) => {
    const { traceId, parentId, opName, threadId, turnId, model } = start ?? {};
    return { callId, traceId, parentId, opName, threadId, turnId, model, modelOfEnd: end?.model };
  },
  feedback: ({ id, feedbackType, target, tags }) => {
    return { id, feedbackType, target: target.kind === "other" ? null : target.id, tags };
  },
  thread: ({ threadId, chat }) => ({ threadId, tags: chat.tags, projectType: chat.projectType }),
  checkpoint: ({ threadId, checkpointId, parentId }) => ({ threadId, checkpointId, parentId }),
  message: ({ threadId, messageId, agent, model }) => ({ threadId, messageId, agent, model }),
  document: ({ digest }) => ({ digest }),
  object: ({ objectId, digest }) => ({ objectId, digest }),
  removal: ({ objectId }) => ({ objectId }),
  table: ({ digest }) => ({ digest }),
  file: ({ digest }) => ({ digest }),
};

/** The first id or ref of an entry that is longer than a door takes, as an older Skein took them; null if none is. */
export function longTextIn(entry: TransferEntry, projectId: string): LongText | null {
  const ids = (IDS[entry.kind] as (entry: TransferEntry) => Texts)(entry);
  return firstOf(ids, isLongId, LONG_ID) ?? firstOf(refsIn(entry, projectId), isLongRef, LONG_REF);
}

function refsIn(entry: TransferEntry, projectId: string): Texts {
  if (entry.kind === "call") return { refs: [...(entry.start?.refs ?? []), ...(entry.end?.refs ?? [])] };
  if (entry.kind !== "feedback") return {};
  const { target, weaveRef } = entry;
  // A ref that Skein made of an id is as long as that makes it.
  const isMade = target.kind !== "other" && weaveRef === formatWeaveRef(projectId, target);
  return { weaveRef: isMade ? null : weaveRef };
}

function firstOf(texts: Texts, isLong: (text: string) => boolean, limit: string): LongText | null {
  for (const [field, given] of Object.entries(texts)) {
    const text = [given ?? []].flat().find(isLong);
    if (text !== undefined) return { field, text, limit };
  }
  return null;
}
