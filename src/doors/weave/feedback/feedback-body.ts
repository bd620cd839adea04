import type { z } from "zod";
import { checkPart, InvalidRequestError, type Violation } from "../../../model/base/errors.ts";
import { isLongId, LONG_ID } from "../../../model/base/ids.ts";
import type { Instant } from "../../../model/base/instant.ts";
import { quoted } from "../../../model/base/quoted.ts";
import type { Feedback, FeedbackTarget, Rating } from "../../../model/feedback/feedback.ts";
import { finishFeedback } from "../../../model/feedback/feedback-draft.ts";
import { parseWeaveRef } from "../../../model/feedback/weave-ref.ts";
import { elementTexts, memberTexts } from "../../../model/json/members.ts";
import { printMemberTexts } from "../../../model/json/print.ts";
import { mapInSteps, type Steps } from "../../kit/decode/steps.ts";
import type { ParsedBody } from "../parse-body.ts";
import type { feedbackBatchRequest, feedbackRequest } from "../requests.ts";

type Body = z.output<typeof feedbackRequest>;

/** The keys that have a place of their own in the model; every other one is kept as it came. */
const MODELLED = new Set([
  "project_id",
  "id",
  "weave_ref",
  "feedback_type",
  "payload",
  "creator",
  "wb_user_id",
  "scorer_tags",
  "scorer_ratings",
  "scorer_rating_reasons",
  "scorer_rating_confidences",
]);

/** Makes feedback of a checked body; its payload is the text that came. */
export function readFeedback(checked: Body, { text }: ParsedBody, now: Instant): Feedback {
  return toFeedback(checked, text, now);
}

/** Makes all the feedback of a checked body. */
export function readFeedbackBatch(
  { batch }: z.output<typeof feedbackBatchRequest>,
  { text }: ParsedBody,
  now: Instant,
): Steps<Feedback[]> {
  const texts = elementTexts(memberTexts(text).get("batch")!);
  return mapInSteps(batch, (body, index) =>
    checkPart(["batch", index], () => toFeedback(body, texts[index]!, now)),
  );
}

/** Makes feedback of what came, checked and as text. */
function toFeedback(body: Body, text: string, now: Instant): Feedback {
  const members = memberTexts(text);
  const target = parseWeaveRef(body.weave_ref, body.project_id, ["weave_ref"]);
  checkContext(body, target);
  const extra = [...members].filter(([key]) => !MODELLED.has(key));
  return finishFeedback(
    {
      projectId: body.project_id,
      id: body.id,
      feedbackType: body.feedback_type,
      target,
      weaveRef: body.weave_ref,
      payloadJson: members.get("payload")!,
      creator: body.creator,
      userId: body.wb_user_id,
      tags: body.scorer_tags,
      ratings: ratingsOf(body),
      runnableRef: body.runnable_ref,
      callRef: body.call_ref,
      triggerRef: body.trigger_ref,
      extraJson: printMemberTexts(extra),
    },
    now,
  );
}

/** A rating for each rated name; a reason or a confidence must belong to one. */
function ratingsOf(body: Body): Rating[] {
  const { scorer_ratings, scorer_rating_reasons, scorer_rating_confidences } = body;
  const violations: Violation[] = Object.entries({
    scorer_rating_reasons,
    scorer_rating_confidences,
  }).flatMap(([field, values]) =>
    [...values.keys()]
      .filter((name) => !scorer_ratings.has(name))
      .map((name) => ({ path: [field, name], message: "there is no rating of this name" })),
  );
  if (violations.length > 0) throw new InvalidRequestError(violations);
  return [...scorer_ratings].map(([name, value]) => ({
    name,
    value,
    reason: scorer_rating_reasons.get(name) ?? null,
    confidence: scorer_rating_confidences.get(name) ?? null,
  }));
}

/** The ref must lead to what can be there, and what the client says of the span's place must not contradict it. */
function checkContext(body: Body, target: FeedbackTarget): void {
  if (target.kind !== "other" && isLongId(target.id)) {
    const message = `leads to an id that ${LONG_ID}`;
    throw new InvalidRequestError([{ path: ["weave_ref"], message }]);
  }
  const field =
    target.kind === "turn" ? "span_trace_id" : target.kind === "conversation" ? "span_conversation_id" : null;
  if (field && body[field] && body[field] !== target.id) {
    const message = `is "${quoted(body[field])}", but weave_ref points at "${quoted(target.id)}"`;
    throw new InvalidRequestError([{ path: [field], message }]);
  }
}
