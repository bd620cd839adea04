import type { JsonValue } from "../json/value.ts";
import { parseDocument, valueAt } from "../query/expression/document.ts";
import type { FieldKinds, FieldPath, Fields } from "../query/expression/expression.ts";
import type { Value } from "../query/expression/value.ts";
import type { StoredCall } from "./call.ts";
import { CALL_DOCUMENTS, type CallDocument, callDocuments } from "./call-documents.ts";

/** The fields of a call that are no documents, and how each is read. */
const COLUMNS = {
  id: (call) => call.callId,
  trace_id: (call) => call.traceId,
  parent_id: (call) => call.parentId,
  op_name: (call) => call.opName,
  display_name: (call) => call.displayName,
  thread_id: (call) => call.threadId,
  turn_id: (call) => call.turnId,
  started_at: (call) => ({ instant: call.startedAt }),
  ended_at: (call) => (call.endedAt === null ? null : { instant: call.endedAt }),
  wb_user_id: (call) => call.userId,
  wb_run_id: (call) => call.runId,
} satisfies Record<string, (call: StoredCall) => Value>;

export type CallColumn = keyof typeof COLUMNS;

/** The fields of a call that expressions and orders can speak of. */
export const CALL_FIELDS: FieldKinds = new Map([
  ...Object.keys(COLUMNS).map((name) => [name, name.endsWith("_at") ? "moment" : "scalar"] as const),
  ...CALL_DOCUMENTS.map((name) => [name, "document"] as const),
]);

/** The column that a path names; null if it leads into a document. */
export function callColumn(path: FieldPath): CallColumn | null {
  const [name] = path as [string];
  return path.length === 1 && Object.hasOwn(COLUMNS, name) ? (name as CallColumn) : null;
}

/** The fields of a call, as readers see them. Each of its documents is parsed once, when it is first asked for. */
export function callFields(call: StoredCall): Fields {
  const texts = callDocuments(call);
  const parsed = new Map<string, JsonValue>();
  return (path) => {
    const column = callColumn(path);
    if (column) return COLUMNS[column](call);
    const [name, ...steps] = path as [CallDocument, ...string[]];
    if (!parsed.has(name)) parsed.set(name, parseDocument(texts[name](), name));
    return valueAt(parsed.get(name)!, steps);
  };
}
