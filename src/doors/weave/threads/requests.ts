import { z } from "zod";
import { THREAD_SORT_FIELDS } from "../../../model/threads/thread.ts";
import { choice, datetime } from "../../fastapi/types.ts";
import { optionalCount, optionalTexts, projectId, sortBy } from "../fields.ts";

/** The body of POST /threads/stream_query. */
export const threadsQueryRequest = z.strictObject({
  project_id: projectId,
  filter: z
    .strictObject({
      after_datetime: datetime().nullable().default(null),
      before_datetime: datetime().nullable().default(null),
      thread_ids: optionalTexts,
    })
    .nullable()
    .default(null),
  limit: optionalCount,
  offset: optionalCount,
  sort_by: sortBy(choice(THREAD_SORT_FIELDS)),
});
