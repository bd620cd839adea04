import type { AnyValue } from "../../../gen/opentelemetry/proto/common/v1/common_pb.ts";
import { isLongId } from "../../model/base/ids.ts";
import type { ThreadClaim } from "../../model/traces/span.ts";
import type { Attributes } from "./attributes.ts";

/**
 * The attributes that name a span's thread, the strongest rank first; within a rank the first that is there wins.
 * What a library sets for a conversation stands before what it sets for a user's session.
 */
const RANKED_KEYS: readonly (readonly string[])[] = [
  ["wandb.thread_id"],
  ["gen_ai.conversation.id", "weave.conversation.id"],
  ["thread_id", "langsmith.metadata.thread_id", "ai.telemetry.metadata.threadId"],
  ["langsmith.metadata.conversation_id", "ai.telemetry.metadata.conversationId"],
  ["langfuse.session.id"],
  ["session.id"],
  ["gcp.vertex.agent.session_id"],
  [
    "langsmith.metadata.session_id",
    "traceloop.association.properties.session_id",
    "lmnr.association.properties.session_id",
    "ai.telemetry.metadata.sessionId",
  ],
];

/** What a span says of its thread by its own attributes; null when it says nothing that counts. */
export function threadClaimOf(attributes: Attributes): ThreadClaim | null {
  for (const [rank, keys] of RANKED_KEYS.entries()) {
    for (const key of keys) {
      const threadId = toThreadId(attributes.get(key));
      if (threadId !== null) return { threadId, rank, key };
    }
  }
  return null;
}

/**
 * A non-empty string that is no longer than ids may be, or an integer's digits. Anything else is passed over: the next
 * attribute may say it, and the span, with all its attributes in its payload, is worth more than none.
 */
function toThreadId(any: AnyValue | undefined): string | null {
  const value = any?.value;
  if (value?.case === "intValue") return String(value.value);
  if (value?.case !== "stringValue" || value.value === "") return null;
  return isLongId(value.value) ? null : value.value;
}

/** What a span says of being a turn: a boolean, 0 or 1, or the text true or false in any case; null when nothing. */
export function isTurnOf(attributes: Attributes): boolean | null {
  const value = attributes.get("wandb.is_turn")?.value;
  switch (value?.case) {
    case "boolValue":
      return value.value;
    case "intValue":
    case "doubleValue":
      return toBoolean(String(value.value), "0", "1");
    case "stringValue":
      return toBoolean(value.value.toLowerCase(), "false", "true");
    default:
      return null;
  }
}

function toBoolean(text: string, no: string, yes: string): boolean | null {
  if (text === yes) return true;
  return text === no ? false : null;
}
