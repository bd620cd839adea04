import type { FastifyReply, FastifyRequest } from "fastify";
import type { TableRow } from "../../model/content.ts";
import { documentDigest, tableDigest } from "../../model/digest.ts";
import { InvalidRequestError } from "../../model/errors.ts";
import { printJson } from "../../model/json/print.ts";
import { isJsonObject, type JsonValue } from "../../model/json/value.ts";
import { NotFoundError } from "../../store/errors.ts";
import type { DoorContext } from "../door.ts";
import { sendPieces } from "../stream-reply.ts";
import { checkBody, checkProject, exactBody, readBody } from "./body.ts";
import { printList } from "./objects.ts";
import { contentRequest, tableCreateRequest, tableQueryRequest, tableUpdateRequest } from "./requests.ts";

/** POST /table/create: a table of JSON objects. Costs one durable write of the rows. */
export function tableCreate(context: DoorContext) {
  return async (request: FastifyRequest) => {
    const { table } = checkBody(request, tableCreateRequest);
    checkProject(request, table.project_id, context);
    const given = exactBody(request).get("table");
    const rows = listOf(isJsonObject(given) ? given.get("rows") : undefined).map(toRow);
    const rowDigests = rows.map(({ digest }) => digest);
    const digest = tableDigest(rowDigests);
    await context.store.createTable({ projectId: table.project_id, digest, rowDigests, rows });
    return { digest, row_digests: rowDigests };
  };
}

/** POST /table/update: a new table, made of another by appending, inserting and taking out rows. Costs both tables. */
export function tableUpdate(context: DoorContext) {
  return async (request: FastifyRequest) => {
    const body = readBody(request, tableUpdateRequest, context);
    const key = { projectId: body.project_id, digest: body.base_digest };
    if ((await context.store.countRows(key)) === null) throw tableNotFound(key.digest);
    const all = { ...key, rowDigests: null, limit: null, offset: 0 };
    const rowDigests: string[] = [];
    for await (const batch of context.store.queryRows(all)) {
      for (const { digest } of batch) rowDigests.push(digest);
    }
    const rows: TableRow[] = [];
    const updated: string[] = [];
    for (const [position, update] of listOf(exactBody(request).get("updates")).entries()) {
      updated.push(applyUpdate(update, position, rowDigests, rows));
    }
    const digest = tableDigest(rowDigests);
    await context.store.createTable({ projectId: key.projectId, digest, rowDigests, rows });
    return { digest, updated_row_digests: updated };
  };
}

/** Changes the list of rows, collects a new one, and answers with the digest of the row that was added or taken. */
function applyUpdate(update: JsonValue, position: number, rowDigests: string[], rows: TableRow[]): string {
  const [name, spec] = isJsonObject(update) ? ([...update][0] ?? []) : [];
  const fault = (message: string): never => {
    throw new InvalidRequestError([{ path: ["updates", position], message }]);
  };
  if (!isJsonObject(spec)) return fault("must be an append, insert or pop");
  const given = spec.get("index");
  const index = typeof given === "object" && given !== null && "digits" in given ? Number(given.digits) : -1;
  if (name === "pop") {
    const [taken] = index >= 0 ? rowDigests.splice(index, 1) : [];
    return taken ?? fault("there is no row at this index");
  }
  const row = spec.get("row");
  if (!isJsonObject(row)) return fault("must have a row, an object");
  const added = toRow(row);
  rows.push(added);
  if (name === "append") rowDigests.push(added.digest);
  else if (name !== "insert") return fault("must be an append, insert or pop");
  else if (!Number.isInteger(index) || index < 0 || index > rowDigests.length)
    return fault("the index is out of range");
  else rowDigests.splice(index, 0, added.digest);
  return added.digest;
}

/** POST /table/query: rows in the table's order; none of an unknown table. Costs what `queryRows` costs. */
export function tableQuery(context: DoorContext) {
  return (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = readBody(request, tableQueryRequest, context);
    if (body.sort_by?.length) {
      throw new InvalidRequestError([{ path: ["sort_by"], message: "rows come in the table's order only" }]);
    }
    const query = {
      projectId: body.project_id,
      digest: body.digest,
      rowDigests: body.filter?.row_digests?.length ? body.filter.row_digests : null,
      limit: body.limit,
      offset: body.offset ?? 0,
    };
    return sendPieces(reply, "application/json", (signal) =>
      printList(
        "rows",
        context.store.queryRows(query, { signal }),
        ({ digest, json, index }) =>
          `{"digest":${JSON.stringify(digest)},"val":${json},"original_index":${index}}`,
      ),
    );
  };
}

/** POST /table/query_stats: how many rows a table has. Costs a look-up. */
export function tableQueryStats(context: DoorContext) {
  return async (request: FastifyRequest): Promise<{ count: number }> => {
    const { project_id, digest } = readBody(request, contentRequest, context);
    const count = await context.store.countRows({ projectId: project_id, digest });
    if (count === null) throw tableNotFound(digest);
    return { count };
  };
}

function toRow(value: JsonValue): TableRow {
  return { digest: documentDigest(value), json: printJson(value) };
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function tableNotFound(digest: string): NotFoundError {
  return new NotFoundError(`Table ${digest} not found`);
}
