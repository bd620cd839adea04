import type { FastifyReply, FastifyRequest } from "fastify";
import {
  type ObjectQuery,
  type ObjectVersion,
  objectClassesOf,
  parseObjectVersion,
} from "../../model/content.ts";
import { documentDigest } from "../../model/digest.ts";
import { InvalidRequestError } from "../../model/errors.ts";
import { formatInstant } from "../../model/instant.ts";
import { printJson } from "../../model/json/print.ts";
import { isJsonObject } from "../../model/json/value.ts";
import { objectNotFound } from "../../store/errors.ts";
import type { DoorContext } from "../door.ts";
import { sendPieces } from "../stream-reply.ts";
import { checkBody, checkProject, exactBody, readBody } from "./body.ts";
import {
  objectCreateRequest,
  objectDeleteRequest,
  objectReadRequest,
  objectsQueryRequest,
} from "./requests.ts";

/** POST /obj/create: publishes a value under a name; the same value again changes nothing. Costs one durable write. */
export function objCreate(context: DoorContext) {
  return async (request: FastifyRequest): Promise<{ digest: string; object_id: string }> => {
    const { obj } = checkBody(request, objectCreateRequest);
    checkProject(request, obj.project_id, context);
    const given = exactBody(request).get("obj");
    const value = (isJsonObject(given) ? given.get("val") : undefined) ?? null;
    const digest = documentDigest(value);
    await context.store.createObject({
      projectId: obj.project_id,
      objectId: obj.object_id,
      digest,
      json: printJson(value),
      ...objectClassesOf(value),
      userId: obj.wb_user_id,
      createdAt: context.now(),
    });
    return { digest, object_id: obj.object_id };
  };
}

/** POST /obj/read: the version of a digest, `latest`, or `v0` and so on. Costs a look-up and the value. */
export function objRead(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { project_id, object_id, digest, metadata_only } = readBody(request, objectReadRequest, context);
    const version = parseObjectVersion(digest);
    const found = await context.store.getObject({ projectId: project_id, objectId: object_id, version });
    if (!found) throw objectNotFound(object_id, version);
    const shown = metadata_only ? { ...found, json: null } : found;
    return reply.type("application/json").send(`{"obj":${printObject(shown)}}`);
  };
}

/** POST /obj/delete: removes versions of an object, by digest, `latest` or `v0` and so on, or all. Costs one durable write. */
export function objDelete(context: DoorContext) {
  return async (request: FastifyRequest): Promise<{ num_deleted: number }> => {
    const { project_id, object_id, digests } = readBody(request, objectDeleteRequest, context);
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
  return (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = readBody(request, objectsQueryRequest, context);
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
    return sendPieces(reply, "application/json", (signal) =>
      printList("objs", context.store.queryObjects(query, { signal }), printObject),
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
