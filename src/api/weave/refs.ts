import type { FastifyReply, FastifyRequest } from "fastify";
import { type ObjectKey, parseObjectVersion } from "../../model/content.ts";
import { InvalidRequestError } from "../../model/errors.ts";
import { parseJson } from "../../model/json/parse.ts";
import { printJson } from "../../model/json/print.ts";
import { isJsonObject, type JsonValue } from "../../model/json/value.ts";
import { NotFoundError } from "../../store/errors.ts";
import type { ObjectStore, TableStore } from "../../store/store.ts";
import type { DoorContext } from "../door.ts";
import { bodyOf, checkProject } from "./body.ts";
import { MAX_DEPTH } from "./parse-body.ts";

/** A ref to an object, or to a place in its value. */
interface ObjectRef {
  key: ObjectKey;
  /** Pairs of how to go on and where to. */
  steps: [string, string][];
}

const OBJECT_REF =
  /^weave:\/\/\/([^/]+\/[^/]+)\/(?:object|op)\/([^/:]+):([^/]+)((?:\/(?:attr|key|index|id)\/[^/]*)*)$/;
const TABLE_REF = /^weave:\/\/\/([^/]+\/[^/]+)\/table\/([^/]+)$/;

/**
 * POST /refs/read_batch: the values that refs to objects point at; null where the path of a ref leads nowhere. Costs the
 * objects and rows, one after the other.
 */
export function refsReadBatch(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { refs } = await bodyOf(context, request, "refs");
    const parsed = refs.map((ref, index) => parseRef(ref, ["refs", index]));
    const mayRead = (projectId: string) => checkProject(request, projectId, context);
    for (const { key } of parsed) mayRead(key.projectId);
    const values: string[] = [];
    for (const ref of parsed) values.push(printJson(await resolve(context.store, ref, mayRead)));
    return reply.type("application/json").send(`{"vals":[${values.join(",")}]}`);
  };
}

function parseRef(ref: string, path: (string | number)[]): ObjectRef {
  const [, project, objectId, version, rest = ""] = OBJECT_REF.exec(ref) ?? [];
  try {
    if (project !== undefined && objectId !== undefined && version !== undefined) {
      const parts = rest.split("/").slice(1).map(decodeURIComponent);
      const steps = parts.flatMap((part, at) =>
        at % 2 === 0 ? [[part, parts[at + 1]!] as [string, string]] : [],
      );
      const projectId = decodeURIComponent(project);
      return { key: { projectId, objectId, version: parseObjectVersion(version) }, steps };
    }
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw new InvalidRequestError([{ path, message: "is not a ref to an object or op" }]);
}

/** Raises an error unless the request may read a project. */
type MayRead = (projectId: string) => void;

async function resolve(
  store: ObjectStore & TableStore,
  { key, steps }: ObjectRef,
  mayRead: MayRead,
): Promise<JsonValue> {
  const found = await store.getObject(key);
  if (!found) throw new NotFoundError(`Obj ${key.objectId} not found in this version`);
  let value: JsonValue = read(found.json ?? "null");
  for (const [edge, to] of steps) {
    if (edge === "id") value = await rowOf(store, value, to, mayRead);
    else if (edge === "index") value = (Array.isArray(value) ? value[Number(to)] : undefined) ?? null;
    else value = (isJsonObject(value) ? value.get(to) : undefined) ?? null;
  }
  return value;
}

/** The row of a digest, in the table that a value refers to: whoever stored the value chose its project. */
async function rowOf(
  store: TableStore,
  value: JsonValue,
  rowDigest: string,
  mayRead: MayRead,
): Promise<JsonValue> {
  const [, project, digest] = (typeof value === "string" && TABLE_REF.exec(value)) || [];
  if (project === undefined || digest === undefined) return null;
  const projectId = decodeURIComponent(project);
  mayRead(projectId);
  const query = {
    projectId,
    digest,
    rowDigests: [rowDigest],
    limit: 1,
    offset: 0,
  };
  const [row] = (await Array.fromAsync(store.queryRows(query))).flat();
  return row ? read(row.json) : null;
}

function read(json: string): JsonValue {
  return parseJson(json, [], { maxDepth: MAX_DEPTH, loneSurrogates: true });
}
