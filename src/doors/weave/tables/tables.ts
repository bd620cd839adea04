import type { FastifyReply, FastifyRequest } from "fastify";
import { InvalidRequestError } from "../../../model/base/errors.ts";
import { quoted } from "../../../model/base/quoted.ts";
import { tableDigest } from "../../../model/content/digest.ts";
import { NotFoundError } from "../../../store/errors.ts";
import type { DoorContext } from "../../kit/door.ts";
import { sendPieces } from "../../kit/http/stream-reply.ts";
import { bodyOf, checkProject } from "../body.ts";
import { printList } from "../objects/objects.ts";
import type { RowUpdate } from "./table-body.ts";

/** POST /table/create: a table of JSON objects. Costs one durable write of the rows. */
export function tableCreate(context: DoorContext) {
  return async (request: FastifyRequest) => {
    const table = await bodyOf(context, request, "tableCreate");
    checkProject(request, table.projectId, context);
    await context.store.createTable(table);
    return { digest: table.digest, row_digests: table.rowDigests };
  };
}

/** POST /table/update: a new table, made of another by appending, inserting and taking out rows. Costs both tables. */
export function tableUpdate(context: DoorContext) {
  return async (request: FastifyRequest) => {
    const { project_id: projectId, base_digest, updates } = await bodyOf(context, request, "tableUpdate");
    const key = { projectId, digest: base_digest };
    if ((await context.store.countRows(key)) === null) throw tableNotFound(key.digest);
    const all = { ...key, rowDigests: null, limit: null, offset: 0 };
    const rowDigests: string[] = [];
    for await (const batch of context.store.queryRows(all)) {
      for (const { digest } of batch) rowDigests.push(digest);
    }
    const updated = updates.map((update, position) => applyUpdate(update, position, rowDigests));
    const rows = updates.flatMap((update) => ("row" in update ? [update.row] : []));
    const digest = tableDigest(rowDigests);
    await context.store.createTable({ projectId, digest, rowDigests, rows });
    return { digest, updated_row_digests: updated };
  };
}

/** Changes the list of rows, and answers with the digest of the row that was added or taken. */
function applyUpdate(update: RowUpdate, position: number, rowDigests: string[]): string {
  const fault = (message: string): never => {
    throw new InvalidRequestError([{ path: ["updates", position], message }]);
  };
  if (update.kind === "append") {
    rowDigests.push(update.row.digest);
    return update.row.digest;
  }
  const { index } = update;
  if (update.kind === "pop") {
    const [taken] = index >= 0 ? rowDigests.splice(index, 1) : [];
    return taken ?? fault("there is no row at this index");
  }
  if (!Number.isInteger(index) || index < 0 || index > rowDigests.length) {
    return fault("the index is out of range");
  }
  rowDigests.splice(index, 0, update.row.digest);
  return update.row.digest;
}

/** POST /table/query: rows in the table's order; none of an unknown table. Costs what `queryRows` costs. */
export function tableQuery(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = await bodyOf(context, request, "tableQuery");
    const query = {
      projectId: body.project_id,
      digest: body.digest,
      rowDigests: body.filter?.row_digests?.length ? body.filter.row_digests : null,
      limit: body.limit,
      offset: body.offset ?? 0,
    };
    return sendPieces(reply, "application/json", (read) =>
      printList(
        "rows",
        context.store.queryRows(query, read),
        ({ digest, json, index }) =>
          `{"digest":${JSON.stringify(digest)},"val":${json},"original_index":${index}}`,
      ),
    );
  };
}

/** POST /table/query_stats: how many rows a table has. Costs a look-up. */
export function tableQueryStats(context: DoorContext) {
  return async (request: FastifyRequest): Promise<{ count: number }> => {
    const { project_id, digest } = await bodyOf(context, request, "content");
    const count = await context.store.countRows({ projectId: project_id, digest });
    if (count === null) throw tableNotFound(digest);
    return { count };
  };
}

function tableNotFound(digest: string): NotFoundError {
  return new NotFoundError(`Table ${quoted(digest)} not found`);
}
