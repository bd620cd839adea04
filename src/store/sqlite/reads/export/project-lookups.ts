import { type Database, prepared } from "../../connection/database.ts";
import { defineLookUp } from "../define-read.ts";

/** The projects that hold anything, in the order of code points. */
export const projectsRead = defineLookUp("projects", (db, _: null) => listProjects(db));

/** Whether nothing is stored, of any project. */
export const isEmptyRead = defineLookUp("isEmpty", (db, _: null) => isEmpty(db));

/** Tables with what a project holds; threads that spans alone made are there with their traces. */
const HOLDERS = [
  "trace",
  "call",
  "feedback",
  "document",
  "object_version",
  "removed_object",
  "data_table",
  "file",
];

function listProjects(db: Database): string[] {
  const ofProject = HOLDERS.map((table) => `${table} WHERE ${table}.project = project.id`);
  const rows = [...ofProject, "thread WHERE thread.project = project.id AND listed IS NOT NULL"];
  const holds = rows.map((which) => `EXISTS (SELECT 1 FROM ${which})`).join(" OR ");
  return prepared<string>(db, `SELECT project_id FROM project WHERE ${holds} ORDER BY project_id`)
    .pluck()
    .all() as string[];
}

function isEmpty(db: Database): boolean {
  const stored = prepared<unknown>(
    db,
    `SELECT 1 FROM trace UNION ALL SELECT 1 FROM call UNION ALL SELECT 1 FROM feedback UNION ALL SELECT 1 FROM file
     UNION ALL SELECT 1 FROM object_version UNION ALL SELECT 1 FROM data_table
     UNION ALL SELECT 1 FROM record_count WHERE records > 0 LIMIT 1`,
  );
  return stored.get() === undefined;
}
