import type { FastifyReply, FastifyRequest } from "fastify";
import { InvalidRequestError } from "../../../model/base/errors.ts";
import { type ObjectKey, parseObjectVersion } from "../../../model/content/content.ts";
import { parseJson } from "../../../model/json/parse.ts";
import { printJson } from "../../../model/json/print.ts";
import { isJsonObject, type JsonValue } from "../../../model/json/value.ts";
import { objectNotFound } from "../../../store/errors.ts";
import type { ObjectStore, TableStore } from "../../../store/roles/content.ts";
import type { DoorContext } from "../../kit/door.ts";
import { bodyOf, checkProject } from "../body.ts";
import { MAX_DEPTH } from "../parse-body.ts";

/** How a ref goes on in a value, and where to: `attr`, `key` and `index` into it, `id` to a row of the table it names. */
type Step = [edge: string, to: string];

/** A ref to an object, or to a place in its value. */
interface ObjectRef {
  key: ObjectKey;
  steps: Step[];
}

/** A row of a table. */
interface RowRef {
  projectId: string;
  digest: string;
  rowDigest: string;
}

/** Takes a value that a ref has come to, by its place in the request, with the steps it still goes. */
type Arrive = (position: number, value: JsonValue, steps: Step[]) => void;

/** A ref that goes on in a row. */
interface Waiting {
  position: number;
  row: RowRef;
  steps: Step[];
}

const OBJECT_REF =
  /^weave:\/\/\/([^/]+\/[^/]+)\/(?:object|op)\/([^/:]+):([^/]+)((?:\/(?:attr|key|index|id)\/[^/]*)*)$/;
const TABLE_REF = /^weave:\/\/\/([^/]+\/[^/]+)\/table\/([^/]+)$/;

/**
 * POST /refs/read_batch: the values that refs to objects point at; null where the path of a ref leads nowhere. Costs each
 * object once, and for rows what finding all that are wanted of a table at once does; in memory an object at a time
 * beside the answer.
 */
export function refsReadBatch(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { refs } = await bodyOf(context, request, "refs");
    const parsed = refs.map((ref, index) => parseRef(ref, ["refs", index]));
    const mayRead = (projectId: string) => checkProject(request, projectId, context);
    for (const { key } of parsed) mayRead(key.projectId);

    const found: string[] = [];
    const waiting: Waiting[] = [];
    const arrive: Arrive = (position, value, steps) => {
      const place = follow(value, steps);
      if ("row" in place) waiting.push({ position, ...place });
      else found[position] = printJson(place.value);
    };
    await enterObjects(context.store, parsed, arrive);
    while (waiting.length > 0) {
      const rows = waiting.splice(0);
      for (const { row } of rows) mayRead(row.projectId);
      await enterRows(context.store, rows, arrive);
    }
    return reply.type("application/json").send(`{"vals":[${found.join(",")}]}`);
  };
}

function parseRef(ref: string, path: (string | number)[]): ObjectRef {
  const [, project, objectId, version, rest = ""] = OBJECT_REF.exec(ref) ?? [];
  const unquoted = unquote([project ?? "", ...rest.split("/").slice(1)]);
  if (!unquoted || objectId === undefined || version === undefined) {
    throw new InvalidRequestError([{ path, message: "is not a ref to an object or op" }]);
  }
  const [projectId, ...parts] = unquoted as [string, ...string[]];
  const steps = parts.flatMap((part, at) => (at % 2 === 0 ? [[part, parts[at + 1]!] as Step] : []));
  return { key: { projectId, objectId, version: parseObjectVersion(version) }, steps };
}

/** Parts of a ref as they are without URL quoting; null where one is quoted wrongly. */
function unquote(parts: string[]): string[] | null {
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return null;
  }
}

/** Where steps lead from a value: to another in it, or on to a row. */
function follow(value: JsonValue, steps: Step[]): { value: JsonValue } | Omit<Waiting, "position"> {
  let place = value;
  for (const [index, [edge, to]] of steps.entries()) {
    if (edge === "id") {
      const [, project, digest] = (typeof place === "string" && TABLE_REF.exec(place)) || [];
      const [projectId] = unquote([project ?? ""]) ?? [];
      // Whatever a client stored may stand here: what is no ref leads nowhere.
      if (!projectId || digest === undefined) return { value: null };
      return { row: { projectId, digest, rowDigest: to }, steps: steps.slice(index + 1) };
    }
    if (edge === "index") place = (Array.isArray(place) ? place[Number(to)] : undefined) ?? null;
    else place = (isJsonObject(place) ? place.get(to) : undefined) ?? null;
  }
  return { value: place };
}

/** Follows refs into their objects, each of which is read once. */
async function enterObjects(store: ObjectStore, refs: ObjectRef[], arrive: Arrive): Promise<void> {
  const places = refs.map(({ key, steps }, position) => ({ position, key, steps }));
  const byObject = [...Map.groupBy(places, ({ key }) => JSON.stringify(Object.values(key))).values()];
  const missing = new Set(byObject);
  for await (const batch of store.getObjects(byObject.map(([place]) => place!.key))) {
    for (const { position, version } of batch) {
      const toObject = byObject[position]!;
      const value = read(version.json!);
      for (const place of toObject) arrive(place.position, value, place.steps);
      missing.delete(toObject);
    }
  }
  for (const [place] of missing) throw objectNotFound(place!.key.objectId, place!.key.version);
}

/** Follows refs into rows: those of one table are found at once. */
async function enterRows(store: TableStore, waiting: Waiting[], arrive: Arrive): Promise<void> {
  const byTable = Map.groupBy(waiting, ({ row }) => JSON.stringify([row.projectId, row.digest]));
  for (const toTable of byTable.values()) {
    const { projectId, digest } = toTable[0]!.row;
    const byRow = Map.groupBy(toTable, ({ row }) => row.rowDigest);
    const query = { projectId, digest, rowDigests: [...byRow.keys()], limit: null, offset: 0 };
    for await (const batch of store.queryRows(query)) {
      for (const row of batch) {
        const value = byRow.has(row.digest) ? read(row.json) : null;
        for (const { position, steps } of byRow.get(row.digest) ?? []) arrive(position, value, steps);
        byRow.delete(row.digest);
      }
      if (byRow.size === 0) break;
    }
    for (const { position } of [...byRow.values()].flat()) arrive(position, null, []);
  }
}

function read(json: string): JsonValue {
  return parseJson(json, [], { maxDepth: MAX_DEPTH, loneSurrogates: true });
}
