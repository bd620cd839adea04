import type { ObjectDraft, ObjectQuery, TableQuery } from "../../src/model/content/content.ts";
import { PROJECT } from "./builders.ts";

/** A value of the name "name", but for what the test says. */
export function object(given: Partial<ObjectDraft> = {}): ObjectDraft {
  return {
    projectId: PROJECT,
    objectId: "name",
    digest: "digest",
    json: "{}",
    isOp: false,
    baseObjectClass: null,
    leafObjectClass: null,
    userId: null,
    createdAt: 1_000,
    ...given,
  };
}

/** A query for all versions of all objects, but for what the test says. */
export function objectQuery(given: Partial<ObjectQuery> = {}): ObjectQuery {
  return {
    projectId: PROJECT,
    objectIds: null,
    isOp: null,
    latestOnly: false,
    baseObjectClasses: null,
    excludeBaseObjectClasses: null,
    leafObjectClasses: null,
    sort: [],
    limit: null,
    offset: 0,
    withValues: true,
    ...given,
  };
}

/** A query for all rows of the table "t", but for what the test says. */
export function tableQuery(given: Partial<TableQuery> = {}): TableQuery {
  return { projectId: PROJECT, digest: "t", rowDigests: null, limit: null, offset: 0, ...given };
}
