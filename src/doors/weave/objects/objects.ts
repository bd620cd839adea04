import type { FastifyReply, FastifyRequest } from "fastify";
import { InvalidRequestError } from "../../../model/base/errors.ts";
import { formatInstant } from "../../../model/base/instant.ts";
import { type ObjectQuery, type ObjectVersion, parseObjectVersion } from "../../../model/content/content.ts";
import { objectNotFound } from "../../../store/errors.ts";
import type { DoorContext } from "../../kit/door.ts";
import { sendPieces, sendText } from "../../kit/http/stream-reply.ts";
import { bodyOf, checkProject } from "../body.ts";

/** POST /obj/create: publishes a value under a name; the same value again changes nothing. Costs one durable write. */
export function objCreate(context: DoorContext) {
  return async (request: FastifyRequest): Promise<{ digest: string; object_id: string }> => {
    const object = await bodyOf(context, request, "objectCreate");
    checkProject(request, object.projectId, context);
    await context.store.createObject({ ...object, createdAt: context.now() });
    return { digest: object.digest, object_id: object.objectId };
  };
}

/** POST /obj/read: the version of a digest, `latest`, or `v0` and so on. Costs a look-up and the value. */
export function objRead(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { project_id, object_id, digest, metadata_only } = await bodyOf(context, request, "objectRead");
    const version = parseObjectVersion(digest);
    const found = await context.store.getObject({ projectId: project_id, objectId: object_id, version });
    if (!found) throw objectNotFound(object_id, version);
    const shown = metadata_only ? { ...found, json: null } : found;
    return sendText(reply, "application/json", `{"obj":${printObject(shown)}}`);
  };
}

/** POST /obj/delete: removes versions of an object, by digest, `latest` or `v0` and so on, or all. Costs one durable write. */
export function objDelete(context: DoorContext) {
  return async (request: FastifyRequest): Promise<{ num_deleted: number }> => {
    const { project_id, object_id, digests } = await bodyOf(context, request, "objectDelete");
    if (digests?.length === 0) {
      throw new InvalidRequestError([
        { path: ["digests"], message: "names nothing; leave it out to delete all" },
      ]);
    }
    const versions = digests?.map(parseObjectVersion) ?? null;
    const which = { projectId: project_id, objectId: object_id, versions };
    return { num_deleted: await context.store.deleteObject(which) };
  };
}

/** POST /objs/query: versions of objects. Costs what `queryObjects` costs, and in memory a batch. */
export function objsQuery(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = await bodyOf(context, request, "objectsQuery");
    const { filter } = body;
    const query: ObjectQuery = {
      projectId: body.project_id,
      objectIds: someOf(filter?.object_ids),
      isOp: filter?.is_op ?? null,
      latestOnly: filter?.latest_only ?? false,
      baseObjectClasses: someOf(filter?.base_object_classes),
      excludeBaseObjectClasses: someOf(filter?.exclude_base_object_classes),
      leafObjectClasses: someOf(filter?.leaf_object_classes),
      sort: body.sort_by ?? [],
      limit: body.limit,
      offset: body.offset ?? 0,
      withValues: !body.metadata_only,
    };
    return sendPieces(reply, "application/json", (read) =>
      printList("objs", context.store.queryObjects(query, read), printObject),
    );
  };
}

/** Prints an object with one list, batch by batch. */
export async function* printList<Row>(
  name: string,
  batches: AsyncIterable<Row[]>,
  print: (row: Row) => string,
): AsyncGenerator<string> {
  let before = `{"${name}":[`;
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    yield before + batch.map(print).join(",");
    before = ",";
  }
  yield before === "," ? "]}" : `${before}]}`;
}

/** An empty list filters nothing, as no list does. */
function someOf(list: string[] | null | undefined): string[] | null {
  return list?.length ? list : null;
}

function printObject(version: ObjectVersion): string {
  const fields = {
    project_id: version.projectId,
    object_id: version.objectId,
    created_at: formatInstant(version.createdAt),
    deleted_at: null,
    digest: version.digest,
    version_index: version.versionIndex,
    is_latest: Number(version.isLatest),
    kind: version.isOp ? "op" : "object",
    base_object_class: version.baseObjectClass,
    leaf_object_class: version.leafObjectClass,
    wb_user_id: version.userId,
  };
  return `${JSON.stringify(fields).slice(0, -1)},"val":${version.json ?? "{}"}}`;
}
