import { z } from "zod";
import { anything, dict, list, text } from "../../fastapi/types.ts";
import { optionalCount, optionalTexts, projectId, projectIdToKeep, sortKeys } from "../fields.ts";

const anyDicts = list(dict(), { maxLength: Number.POSITIVE_INFINITY });

/** The body of POST /table/create, but for the rows themselves. */
export const tableCreateRequest = z.object({
  table: z.object({ project_id: projectIdToKeep, rows: anyDicts }),
});

/** The body of POST /table/update, but for the updates themselves. */
export const tableUpdateRequest = z.object({
  project_id: projectIdToKeep,
  base_digest: text(),
  updates: anyDicts,
});

/** The body of POST /table/query. */
export const tableQueryRequest = z.object({
  project_id: projectId,
  digest: text(),
  filter: z.object({ row_digests: optionalTexts }).nullable().default(null),
  limit: optionalCount,
  offset: optionalCount,
  sort_by: sortKeys(anything()),
});
