import {
  type CallEnd,
  type CallKey,
  type CallParts,
  type CallStart,
  displayNameOf,
} from "../../model/call.ts";
import { REF_SIDES } from "./call-scope.ts";
import type { Database } from "./database.ts";

/** A stored call. */
interface CallRow {
  id: number;
  /** The trace its span is in; null without a span. */
  traceId: string | null;
  parts: CallParts;
}

/** Reads and writes what is known of calls. */
export interface CallRows {
  find(project: number, callId: string): CallRow | null;
  write(project: number, key: CallKey, row: CallRow | null, parts: CallParts): void;
}

interface StoredRow {
  id: number;
  traceId: string | null;
  givenName: string | null;
  startSaid: string | null;
  endSaid: string | null;
  start: string | null;
  end: string | null;
}

export function createCallRows(db: Database): CallRows {
  const find = db.prepare<[number, string], StoredRow>(
    `SELECT id, trace_id AS traceId, given_name AS givenName, start_said AS startSaid, end_said AS endSaid,
       start, "end"
     FROM call JOIN call_body ON call_body.call = call.id WHERE project = ? AND call_id = ?`,
  );
  const columns = [
    "trace_id",
    "parent_id",
    "op_name",
    "display_name",
    "thread_id",
    "turn_id",
    "started_at",
    "ended_at",
    "user_id",
    "run_id",
  ];
  const add = db.prepare(
    `INSERT INTO call (project, call_id, ${columns.join(", ")}) VALUES (?, ?, ${columns.map(() => "?").join(", ")})`,
  );
  const change = db.prepare(`UPDATE call SET ${columns.map((c) => `${c} = ?`).join(", ")} WHERE id = ?`);
  const addRef = db.prepare<[number | bigint, number, number, string]>(
    "INSERT INTO call_ref (call, project, side, ref) VALUES (?, ?, ?, ?)",
  );
  const removeRefs = db.prepare<[number]>("DELETE FROM call_ref WHERE call = ?");
  const putBody = db.prepare(
    `INSERT OR REPLACE INTO call_body (call, given_name, start_said, end_said, start, "end")
     VALUES (?, ?, ?, ?, ?, ?)`,
  );

  return {
    find(project, callId) {
      const row = find.get(project, callId);
      if (!row) return null;
      const { id, traceId, givenName } = row;
      const start: CallStart | null = half(row.startSaid, row.start);
      const end: CallEnd | null = half(row.endSaid, row.end);
      return { id, traceId, parts: { start, end, givenName } };
    },

    write(project, { callId }, row, parts) {
      const { start, end, givenName } = parts;
      const values = [
        start?.traceId ?? null,
        start?.parentId ?? null,
        start?.opName ?? null,
        displayNameOf(parts),
        start?.threadId ?? null,
        start?.turnId ?? null,
        start?.startedAt ?? null,
        end?.endedAt ?? null,
        start?.userId ?? null,
        start?.runId ?? null,
      ];
      if (row) {
        change.run(...values, row.id);
        removeRefs.run(row.id);
      }
      const id = row?.id ?? add.run(project, callId, ...values).lastInsertRowid;
      putBody.run(id, givenName, said(start), said(end), start?.json ?? null, end?.json ?? null);
      for (const ref of start?.refs ?? []) addRef.run(id, project, REF_SIDES.input, ref);
      for (const ref of end?.refs ?? []) addRef.run(id, project, REF_SIDES.output, ref);
    },
  };
}

/** What a half says beside its document. */
function said(half: CallStart | CallEnd | null): string | null {
  if (!half) return null;
  const { json: _, ...rest } = half;
  return JSON.stringify(rest);
}

function half<Half extends CallStart | CallEnd>(said: string | null, json: string | null): Half | null {
  // Halves that were stored before refs were kept have none.
  return said === null ? null : { refs: [], ...JSON.parse(said), json };
}
