import type { Feedback, FeedbackQuery, Rating } from "../../../src/model/feedback/feedback.ts";
import type { JsonValue } from "../../../src/model/json/value.ts";
import type { FieldPath } from "../../../src/model/query/expression/expression.ts";
import type { Value } from "../../../src/model/query/expression/value.ts";
import { comparePlaces, holds, lookedUp } from "./expression.ts";
import { member, stored } from "./json.ts";
import { compareText, directed } from "./order.ts";

const DOCUMENTS = [
  ["payload", "scorer_tags", "scorer_ratings", "scorer_rating_reasons", "scorer_rating_confidences"],
  ["scorer_tag_reasons", "scorer_tag_confidences"],
].flat();

/** The feedback that a query asks for, of all that shows. */
export function selectFeedback(
  all: Feedback[],
  { projectId, where, sort, offset, limit }: FeedbackQuery,
): Feedback[] {
  const found = all
    .filter((each) => each.projectId === projectId)
    .filter((each) => where === null || holds(where, (path) => readFeedback(each, path)))
    .toSorted((a, b) => {
      for (const { path, direction } of sort) {
        const isDocument = DOCUMENTS.includes(path[0]!);
        const order = comparePlaces(readFeedback(a, path), readFeedback(b, path), direction, isDocument);
        if (order !== 0) return order;
      }
      const order = a.createdAt - b.createdAt || compareText(a.id, b.id);
      return directed(order, sort.at(-1)?.direction ?? "asc");
    });
  return found.slice(offset, limit === null ? undefined : offset + limit);
}

/** A field of feedback, in the words of Weave; what the client did not say has the value that it has there then. */
function readFeedback(feedback: Feedback, [name, ...steps]: FieldPath): Value {
  const { target, ratings } = feedback;
  const said = (absent: JsonValue) => member(stored(feedback.extraJson), name!) ?? absent;
  switch (name) {
    case "id":
      return feedback.id;
    case "project_id":
      return feedback.projectId;
    case "weave_ref":
      return feedback.weaveRef;
    case "wb_user_id":
      return feedback.userId;
    case "creator":
      return feedback.creator;
    case "created_at":
      return { instant: feedback.createdAt };
    case "feedback_type":
      return feedback.feedbackType;
    case "payload":
      return lookedUp(stored(feedback.payloadJson), steps);
    case "scorer_tags":
      return lookedUp(feedback.tags, steps);
    case "scorer_ratings":
      return lookedUp(
        byName(ratings, ({ value }) => value),
        steps,
      );
    case "scorer_rating_reasons":
      return lookedUp(
        byName(ratings, ({ reason }) => reason),
        steps,
      );
    case "scorer_rating_confidences":
      return lookedUp(
        byName(ratings, ({ confidence }) => confidence),
        steps,
      );
    case "scorer_tag_reasons":
    case "scorer_tag_confidences":
      return lookedUp(said(new Map()), steps);
    case "span_conversation_id":
      return target.kind === "conversation" ? target.id : lookedUp(said(""), steps);
    case "span_trace_id":
      return target.kind === "turn" ? target.id : lookedUp(said(""), steps);
    case "span_agent_name":
    case "span_agent_version":
      return lookedUp(said(""), steps);
    case "span_status_code":
      return lookedUp(said("UNSET"), steps);
    default:
      return lookedUp(said(null), steps);
  }
}

/** What is known of ratings, by their names. */
function byName(ratings: Rating[], get: (rating: Rating) => number | string | null): JsonValue {
  return new Map(
    ratings.flatMap((rating): [string, JsonValue][] => {
      const value = get(rating);
      if (value === null) return [];
      return [[rating.name, typeof value === "number" ? { digits: String(value) } : value]];
    }),
  );
}
