import type { CallDocuments } from "../../../model/calls/call-update.ts";
import type { Database } from "../connection/database.ts";
import { keptEnd, keptStart, readEnd, readStart } from "./call-halves.ts";

/** What is kept of the halves of a call (tables/call-halves.ts); null where they have not come. */
export interface SaidHalves {
  startSaid: string | null;
  endSaid: string | null;
}

/** A row of `call_body`: what came of a call. */
export interface CallBody extends CallDocuments, SaidHalves {
  id: number;
  givenName: string | null;
}

/** Reads and writes whole rows of `call_body`. */
export interface CallBodies {
  find(project: number, callId: string): CallBody | null;
  add(body: CallBody): void;
  remove(id: number): void;
  /** A row that is as it would be written today; null if it is. */
  keptAnew(body: CallBody): CallBody | null;
}

export function createCallBodies(db: Database): CallBodies {
  const find = db.prepare<[number, string], CallBody>(
    `SELECT call.id, given_name AS givenName, start_said AS startSaid, start, end_said AS endSaid, "end"
     FROM call JOIN call_body ON call_body.call = call.id WHERE project = ? AND call_id = ?`,
  );
  const add = db.prepare(
    `INSERT INTO call_body (call, given_name, start_said, start, end_said, "end") VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const remove = db.prepare<[number]>("DELETE FROM call_body WHERE call = ?");
  return {
    find: (project, callId) => find.get(project, callId) ?? null,
    add({ id, givenName, startSaid, start, endSaid, end }) {
      add.run(id, givenName, startSaid, start, endSaid, end);
    },
    remove: (id) => void remove.run(id),
    keptAnew(body) {
      const { start, end } = body;
      const startSaid =
        body.startSaid &&
        keptStart(
          readStart(body.startSaid, () => start!),
          start!,
        );
      const endSaid =
        body.endSaid &&
        keptEnd(
          readEnd(body.endSaid, () => end!),
          end!,
        );
      return startSaid === body.startSaid && endSaid === body.endSaid
        ? null
        : { ...body, startSaid, endSaid };
    },
  };
}
