import type { Instant } from "../../../model/base/instant.ts";
import {
  type CallKey,
  type CallParts,
  displayNameOf,
  type SaidEnd,
  type SaidStart,
} from "../../../model/calls/call.ts";
import type { CallDocuments } from "../../../model/calls/call-update.ts";
import type { Database } from "../connection/database.ts";
import { createRowUpdate } from "../connection/row-update.ts";
import { createCallBodies, type SaidHalves } from "./call-bodies.ts";
import { keptEnd, keptStart, readEnd, readStart } from "./call-halves.ts";

/** The sides of a call that have refs, as `call_ref` numbers them. */
export const REF_SIDES = { input: 0, output: 1 } as const;

/** A stored call, without its documents. */
export interface CallRow {
  id: number;
  parts: CallParts;
  /** The columns on which indexes hang. */
  indexed: unknown[];
  /** Its documents, which are read when they are first asked for. */
  documents(): CallDocuments;
}

/** Reads and writes what is known of calls. */
export interface CallRows {
  /** The calls of a project that are known, by their ids. */
  find(project: number, projectId: string, callIds: string[]): Map<string, CallRow>;
  /** Writes a call after changes; `came` are the documents of the halves that came with them. */
  write(project: number, key: CallKey, row: CallRow | null, parts: CallParts, came: CallDocuments): void;
}

interface StoredRow extends SaidHalves {
  id: number;
  callId: string;
  traceId: string | null;
  parentId: string | null;
  opName: string | null;
  threadId: string | null;
  turnId: string | null;
  startedAt: Instant | null;
  endedAt: Instant | null;
  userId: string | null;
  runId: string | null;
  givenName: string | null;
}

const PLAIN = ["display_name", "ended_at", "user_id", "run_id"];
const INDEXED = ["trace_id", "parent_id", "op_name", "thread_id", "turn_id", "started_at"];

export function createCallRows(db: Database): CallRows {
  const find = db.prepare<[string, number], StoredRow>(
    `SELECT call.id, call_id AS callId, trace_id AS traceId, parent_id AS parentId, op_name AS opName, thread_id AS threadId,
       turn_id AS turnId, started_at AS startedAt, ended_at AS endedAt, user_id AS userId, run_id AS runId,
       given_name AS givenName, start_said AS startSaid, end_said AS endSaid
     FROM json_each(?) AS wanted CROSS JOIN call ON project = ? AND call_id = wanted.value
       JOIN call_body ON call_body.call = call.id`,
  );
  const readDocuments = db.prepare<[number], CallDocuments>(
    `SELECT start, "end" FROM call_body WHERE call = ?`,
  );
  const columns = [...PLAIN, ...INDEXED];
  const add = db.prepare(
    `INSERT INTO call (project, call_id, ${columns.join(", ")}) VALUES (?, ?, ${columns.map(() => "?").join(", ")})`,
  );
  const update = createRowUpdate(db, "call", PLAIN, INDEXED);
  const bodies = createCallBodies(db);
  const setName = db.prepare("UPDATE call_body SET given_name = ? WHERE call = ?");
  const setStart = db.prepare("UPDATE call_body SET start_said = ?, start = ? WHERE call = ?");
  const setEnd = db.prepare(`UPDATE call_body SET end_said = ?, "end" = ? WHERE call = ?`);
  const addRef = db.prepare<[number, number, number, string]>(
    "INSERT INTO call_ref (call, project, side, ref) VALUES (?, ?, ?, ?)",
  );
  const removeRefs = db.prepare<[number, number]>("DELETE FROM call_ref WHERE call = ? AND side = ?");

  function addRefs(id: number, project: number, { start, end }: CallParts, came: CallDocuments): void {
    if (came.start !== null) for (const ref of start!.refs) addRef.run(id, project, REF_SIDES.input, ref);
    if (came.end !== null) for (const ref of end!.refs) addRef.run(id, project, REF_SIDES.output, ref);
  }

  function changeBody(row: CallRow, { start, end, givenName }: CallParts, came: CallDocuments): void {
    if (givenName !== row.parts.givenName) setName.run(givenName, row.id);
    if (came.start !== null) {
      setStart.run(keptStart(start!, came.start), came.start, row.id);
      if (row.parts.start) removeRefs.run(row.id, REF_SIDES.input);
    }
    if (came.end !== null) {
      setEnd.run(keptEnd(end!, came.end), came.end, row.id);
      if (row.parts.end) removeRefs.run(row.id, REF_SIDES.output);
    }
  }

  return {
    find(project, projectId, callIds) {
      const found = find.all(JSON.stringify(callIds), project);
      return new Map(
        found.map((row) => [row.callId, toCallRow(projectId, row, () => readDocuments.get(row.id)!)]),
      );
    },

    write(project, { callId }, row, parts, came) {
      const { start, end, givenName } = parts;
      const plain = [displayNameOf(parts), end?.endedAt ?? null, start?.userId ?? null, start?.runId ?? null];
      const indexed = [
        start?.traceId ?? null,
        start?.parentId ?? null,
        start?.opName ?? null,
        start?.threadId ?? null,
        start?.turnId ?? null,
        start?.startedAt ?? null,
      ];
      if (row) {
        update(row.id, plain, row.indexed, indexed);
        changeBody(row, parts, came);
        addRefs(row.id, project, parts, came);
        return;
      }
      const id = Number(add.run(project, callId, ...plain, ...indexed).lastInsertRowid);
      const startSaid = start && keptStart(start, came.start!);
      const endSaid = end && keptEnd(end, came.end!);
      bodies.add({ id, givenName, startSaid, endSaid, ...came });
      addRefs(id, project, parts, came);
    },
  };
}

function toCallRow(projectId: string, row: StoredRow, readDocuments: () => CallDocuments): CallRow {
  const { id, callId, traceId, parentId, opName, threadId, turnId, startedAt, endedAt, userId, runId } = row;
  const { givenName, startSaid, endSaid } = row;
  const ofStart = {
    projectId,
    callId,
    traceId,
    parentId,
    opName,
    threadId,
    turnId,
    startedAt,
    userId,
    runId,
  };
  let read: CallDocuments | null = null;
  const documents = () => (read ??= readDocuments());
  const start =
    startSaid === null
      ? null
      : ({ ...ofStart, ...readStart(startSaid, () => documents().start!) } as SaidStart);
  const end =
    endSaid === null
      ? null
      : ({ projectId, callId, endedAt, ...readEnd(endSaid, () => documents().end!) } as SaidEnd);
  return {
    id,
    parts: { start, end, givenName },
    indexed: [traceId, parentId, opName, threadId, turnId, startedAt],
    documents,
  };
}
