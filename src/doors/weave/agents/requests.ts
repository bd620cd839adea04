import { z } from "zod";
import { MAX_CONVERSATION_IDS } from "../../../model/traces/span.ts";
import { datetime, texts } from "../../fastapi/types.ts";
import { projectId } from "../fields.ts";

/** The body of POST /agents/conversations/spans. */
export const conversationSpansRequest = z.object({
  project_id: projectId,
  conversation_ids: texts({ maxLength: MAX_CONVERSATION_IDS }).default([]),
  started_after: datetime().nullable().default(null),
  started_before: datetime().nullable().default(null),
});
