import type { Instant } from "../base/instant.ts";
import type { Expression, FieldPath } from "../query/expression/expression.ts";

/** The types of feedback that show beside spans and may carry tags and ratings. */
export const AGENT_FEEDBACK_TYPES = ["wandb.agent_user_feedback", "wandb.agent_monitor"] as const;

/** A number given to what the feedback is on. */
export interface Rating {
  name: string;
  value: number;
  reason: string | null;
  confidence: number | null;
}

/** What a piece of feedback is on. A turn is named by its trace. */
export type FeedbackTarget =
  | { kind: "conversation"; id: string }
  | { kind: "turn"; id: string }
  | { kind: "span"; id: string }
  | { kind: "call"; id: string }
  | { kind: "other"; id: string };

/** One piece of feedback. */
export interface Feedback {
  projectId: string;
  /** Unique in the project. */
  id: string;
  createdAt: Instant;
  feedbackType: string;
  target: FeedbackTarget;
  /** The target as a Weave ref, as the client gave it. */
  weaveRef: string;
  /** A JSON object as text. */
  payloadJson: string;
  creator: string | null;
  userId: string | null;
  tags: string[];
  ratings: Rating[];
  /** What else the client sent (refs and ids of what ran), a JSON object as text. */
  extraJson: string;
}

/** Asks for feedback. */
export interface FeedbackQuery {
  projectId: string;
  /** Only that of which this holds, over the fields that `FEEDBACK_FIELDS` names; null for all. */
  where: Expression | null;
  /** The most significant first, then by creation and id in the last direction; no keys: the oldest first. */
  sort: FeedbackSort[];
  limit: number | null;
  offset: number;
  /** Feedback on what goes with threads that have expired by then is passed over. */
  now: Instant;
}

/** A field to sort by. */
interface FeedbackSort {
  path: FieldPath;
  direction: "asc" | "desc";
}

/** Feedback as it shows beside spans; `traceId` is null for feedback on the conversation itself. */
export interface SpanFeedback {
  traceId: string | null;
  feedbackType: string;
  tags: string[];
  ratings: Rating[];
}
