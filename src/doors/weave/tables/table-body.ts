import type { z } from "zod";
import { InvalidRequestError } from "../../../model/base/errors.ts";
import type { TableDraft, TableRow } from "../../../model/content/content.ts";
import { documentDigest, tableDigest } from "../../../model/content/digest.ts";
import { printJson } from "../../../model/json/print.ts";
import { isJsonNumber, isJsonObject, type JsonValue, memberOf } from "../../../model/json/value.ts";
import { mapInSteps, type Steps } from "../../kit/decode/steps.ts";
import type { ExactBody } from "../parse-body.ts";
import type { tableCreateRequest, tableUpdateRequest } from "../requests.ts";

/** One change of a table's rows; an index is -1 where there is none that could be one. */
export type RowUpdate =
  | { kind: "append"; row: TableRow }
  | { kind: "insert"; index: number; row: TableRow }
  | { kind: "pop"; index: number };

/** A checked request for a new table, made of another. */
export interface TableUpdate {
  project_id: string;
  base_digest: string;
  updates: RowUpdate[];
}

/** Makes a table to be stored of a checked body. */
export function* readTable(
  { table }: z.output<typeof tableCreateRequest>,
  { exact }: ExactBody,
): Steps<TableDraft> {
  const rows = yield* mapInSteps(listOf(memberOf(memberOf(exact, "table"), "rows")), toRow);
  const rowDigests = rows.map(({ digest }) => digest);
  return { projectId: table.project_id, digest: tableDigest(rowDigests), rowDigests, rows };
}

/**
 * Reads the changes in a checked body.
 *
 * @throws InvalidRequestError when one is none
 */
export function* readTableUpdate(
  { project_id, base_digest }: z.output<typeof tableUpdateRequest>,
  { exact }: ExactBody,
): Steps<TableUpdate> {
  const updates = yield* mapInSteps(listOf(memberOf(exact, "updates")), readUpdate);
  return { project_id, base_digest, updates };
}

function readUpdate(update: JsonValue, position: number): RowUpdate {
  const [kind, spec] = isJsonObject(update) ? ([...update][0] ?? []) : [];
  const fault = (message: string): never => {
    throw new InvalidRequestError([{ path: ["updates", position], message }]);
  };
  if (!isJsonObject(spec) || (kind !== "append" && kind !== "insert" && kind !== "pop")) {
    return fault("must be an append, insert or pop");
  }
  const given = spec.get("index");
  const index = given !== undefined && isJsonNumber(given) ? Number(given.digits) : -1;
  if (kind === "pop") return { kind, index };
  const row = spec.get("row");
  if (!isJsonObject(row)) return fault("must have a row, an object");
  return kind === "append" ? { kind, row: toRow(row) } : { kind, index, row: toRow(row) };
}

function toRow(value: JsonValue): TableRow {
  return { digest: documentDigest(value), json: printJson(value) };
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
