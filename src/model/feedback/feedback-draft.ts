import { InvalidRequestError, type Violation } from "../base/errors.ts";
import type { Instant } from "../base/instant.ts";
import { quoted } from "../base/quoted.ts";
import { createUuid, isUuid } from "../base/uuid.ts";
import { AGENT_FEEDBACK_TYPES, type Feedback } from "./feedback.ts";

/** Feedback as a door hands it in, before it is checked and has an identity. */
export interface FeedbackDraft extends Omit<Feedback, "id" | "createdAt"> {
  /** Null to have one made. */
  id: string | null;
  /** What ran, the call that did, and what set it off; also part of `extraJson`. */
  runnableRef: string | null;
  callRef: string | null;
  triggerRef: string | null;
}

/**
 * Checks a draft and makes it feedback. Tags and ratings are for the two agent types and for Weave's scorers
 * (`wandb.runnable…`); `wandb.agent_monitor` must say what ran.
 *
 * @throws InvalidRequestError naming every fault
 */
export function finishFeedback(draft: FeedbackDraft, now: Instant): Feedback {
  const { runnableRef, callRef, triggerRef, ...feedback } = draft;
  const violations = faults(draft);
  if (violations.length > 0) throw new InvalidRequestError(violations);
  return { ...feedback, id: draft.id ?? createUuid(now), createdAt: now };
}

function faults(draft: FeedbackDraft): Violation[] {
  const violations: Violation[] = [];
  const fault = (field: string, message: string) => violations.push({ path: [field], message });
  if (draft.id !== null && !isUuid(draft.id)) fault("id", "is not a UUID");
  if (draft.feedbackType === "") fault("feedback_type", "must not be empty");
  if (draft.target.id === "") fault("target", "must not be empty");
  if (draft.feedbackType === "wandb.agent_monitor") {
    const refs = { runnable_ref: draft.runnableRef, call_ref: draft.callRef, trigger_ref: draft.triggerRef };
    for (const [field, ref] of Object.entries(refs)) {
      if (!ref) fault(field, "is required for wandb.agent_monitor");
    }
  }
  if (!takesScores(draft.feedbackType) && draft.tags.length + draft.ratings.length > 0) {
    fault(
      "feedback_type",
      `"${quoted(draft.feedbackType)}" takes no tags or ratings; the wandb.agent_ types do`,
    );
  }
  const names = new Set(draft.ratings.map(({ name }) => name));
  if (names.size < draft.ratings.length) fault("ratings", "must not rate one name twice");
  if (
    draft.ratings.some(
      ({ value, confidence }) => !Number.isFinite(value) || !Number.isFinite(confidence ?? 0),
    )
  ) {
    fault("ratings", "must be finite numbers");
  }
  return violations;
}

function takesScores(feedbackType: string): boolean {
  return (
    AGENT_FEEDBACK_TYPES.some((type) => type === feedbackType) || /^wandb\.runnable(\.|$)/.test(feedbackType)
  );
}
