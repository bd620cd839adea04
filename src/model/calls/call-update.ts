import type { Span } from "../traces/span.ts";
import { type CallChange, type CallParts, changeCall, spanOfCall } from "./call.ts";

/** The documents of a call's halves; null where they have not come. */
export interface CallDocuments {
  start: string | null;
  end: string | null;
}

/** What changes of one call make of it. */
export interface CallUpdate {
  parts: CallParts;
  /** The documents of the halves that came, the last of each kind; what is stored of the others stays. */
  came: CallDocuments;
  /** Null while the call has not begun. */
  span: Span | null;
  /** The trace the call's span is no longer in, which is to be written without it; null mostly. */
  leaves: string | null;
}

/** What a call is after changes, in the order in which they came. `stored` is null for a call that is not known. */
export function updateCall(stored: CallParts | null, changes: CallChange[]): CallUpdate {
  const before: CallParts = stored ?? { start: null, end: null, givenName: null };
  const parts = changes.reduce<CallParts>(changeCall, before);
  const hasLeft = before.start !== null && before.start.traceId !== parts.start?.traceId;
  return {
    parts,
    came: documentsIn(changes),
    span: spanOfCall(parts),
    leaves: hasLeft ? before.start!.traceId : null,
  };
}

function documentsIn(changes: CallChange[]): CallDocuments {
  const documents: CallDocuments = { start: null, end: null };
  for (const change of changes) {
    if ("start" in change) documents.start = change.start.json;
    if ("end" in change) documents.end = change.end.json;
  }
  return documents;
}
