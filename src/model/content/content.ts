import type { Instant } from "../base/instant.ts";
import { isJsonObject, type JsonValue } from "../json/value.ts";

/** What clients publish beside their calls: files, versions of named objects, and tables. All is named by digests. */

/** Names a file, or a table. */
export interface ContentKey {
  projectId: string;
  digest: string;
}

/** A file, in pieces. */
export interface StoredFile extends ContentKey {
  pieces: Uint8Array[];
}

/** The classes that a value says it is of, as Weave's clients write them into it. */
export interface ObjectClasses {
  /** Whether the value is a function with its source, an op. */
  isOp: boolean;
  /** The first class below Weave's own ones. */
  baseObjectClass: string | null;
  /** The class itself. */
  leafObjectClass: string | null;
}

/** A value to be stored under a name. */
export interface ObjectDraft extends ObjectClasses {
  projectId: string;
  objectId: string;
  /** `documentDigest` of the value. */
  digest: string;
  json: string;
  userId: string | null;
  createdAt: Instant;
}

/** One version of a named object. */
export interface ObjectVersion extends Omit<ObjectDraft, "json"> {
  /** 0 for the first version of the name, and so on. */
  versionIndex: number;
  isLatest: boolean;
  /** The value's text; null where it was not asked for. */
  json: string | null;
}

/** Names one version of an object: the latest, the one of an index, or the one of a digest. */
export interface ObjectKey {
  projectId: string;
  objectId: string;
  version: "latest" | number | { digest: string };
}

/** One of several versions that were asked for at once, by its place among them. */
export interface FoundVersion {
  position: number;
  version: ObjectVersion;
}

/** Names versions of an object: some, or null for all. */
export interface ObjectVersions {
  projectId: string;
  objectId: string;
  versions: ObjectKey["version"][] | null;
}

/** The version that a client's text names: `latest`, `v0` and so on, or a digest. */
export function parseObjectVersion(text: string): ObjectKey["version"] {
  if (text === "latest") return text;
  return /^v\d{1,15}$/.test(text) ? Number(text.slice(1)) : { digest: text };
}

/** The text that `parseObjectVersion` reads. */
export function printObjectVersion(version: ObjectKey["version"]): string {
  if (typeof version === "string") return version;
  return typeof version === "number" ? `v${version}` : version.digest;
}

export const OBJECT_SORT_FIELDS = ["object_id", "created_at"] as const;

/** Asks for versions of objects; null filters nothing, an empty list leaves nothing. */
export interface ObjectQuery {
  projectId: string;
  objectIds: string[] | null;
  isOp: boolean | null;
  latestOnly: boolean;
  baseObjectClasses: string[] | null;
  excludeBaseObjectClasses: string[] | null;
  leafObjectClasses: string[] | null;
  /** Ties are in the order of object ids, then versions. No keys: the oldest first. */
  sort: { field: (typeof OBJECT_SORT_FIELDS)[number]; direction: "asc" | "desc" }[];
  limit: number | null;
  offset: number;
  withValues: boolean;
}

/** One row of a table, or the value of it. */
export interface TableRow {
  /** `documentDigest` of the value. */
  digest: string;
  /** A JSON object as text. */
  json: string;
}

/** A table: its rows in order, and the values of those that may be new to the project. */
export interface TableDraft extends ContentKey {
  rowDigests: string[];
  rows: TableRow[];
}

/** A row with its place in the table, from 0. */
export interface PlacedRow extends TableRow {
  index: number;
}

/** Asks for rows of a table, in its order. */
export interface TableQuery extends ContentKey {
  /** Only rows of these digests; null for all. */
  rowDigests: string[] | null;
  limit: number | null;
  offset: number;
}

const ROOT_CLASSES = ["Object", "BaseObject"];

/** Reads the classes in a value: `_bases` ends in one of Weave's root classes and `BaseModel`. */
export function objectClassesOf(value: JsonValue): ObjectClasses {
  const none: ObjectClasses = { isOp: false, baseObjectClass: null, leafObjectClass: null };
  if (!isJsonObject(value)) return none;
  const type = value.get("weave_type");
  const isOp = isJsonObject(type) ? type.get("type") === "Op" : value.get("_type") === "Op";
  const bases = value.get("_bases");
  const leaf = value.get("_class_name");
  if (!Array.isArray(bases) || typeof leaf !== "string" || bases.at(-1) !== "BaseModel")
    return { ...none, isOp };
  if (!ROOT_CLASSES.some((root) => root === bases.at(-2))) return { ...none, isOp };
  const base = bases.at(-3);
  return { isOp, baseObjectClass: typeof base === "string" ? base : leaf, leafObjectClass: leaf };
}
