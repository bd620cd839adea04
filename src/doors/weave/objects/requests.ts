import { z } from "zod";
import { OBJECT_SORT_FIELDS } from "../../../model/content/content.ts";
import { anything, choice, id, text, texts } from "../../fastapi/types.ts";
import {
  optionalBool,
  optionalCount,
  optionalText,
  optionalTexts,
  projectId,
  projectIdToKeep,
  sortBy,
} from "../fields.ts";

/** Far more refs than a page shows; it bounds the work, as upstream. */
const MAX_REFS = 1000;

/** Far more versions than are deleted at once. */
const MAX_VERSIONS = 10_000;

/** The body of POST /obj/create, but for the value itself, which is read exactly. */
export const objectCreateRequest = z.object({
  obj: z.object({
    project_id: projectIdToKeep,
    object_id: id({ minLength: 1 }),
    val: anything(),
    wb_user_id: optionalText,
  }),
});

/** The body of POST /obj/read. */
export const objectReadRequest = z.object({
  project_id: projectId,
  object_id: text(),
  digest: text(),
  metadata_only: optionalBool,
});

/** The body of POST /obj/delete. */
export const objectDeleteRequest = z.object({
  project_id: projectId,
  object_id: text(),
  digests: texts({ maxLength: MAX_VERSIONS }).nullable().default(null),
});

/** The body of POST /objs/query. */
export const objectsQueryRequest = z.object({
  project_id: projectId,
  filter: z
    .object({
      object_ids: optionalTexts,
      base_object_classes: optionalTexts,
      exclude_base_object_classes: optionalTexts,
      leaf_object_classes: optionalTexts,
      is_op: optionalBool,
      latest_only: optionalBool,
    })
    .nullable()
    .default(null),
  limit: optionalCount,
  offset: optionalCount,
  sort_by: sortBy(choice(OBJECT_SORT_FIELDS), { isStrict: false }),
  metadata_only: optionalBool,
});

/** The body of POST /refs/read_batch. */
export const refsRequest = z.object({ refs: texts({ maxLength: MAX_REFS }) });
