import type { Feedback, FeedbackQuery } from "../../../src/model/feedback/feedback.ts";
import { isDocument, readFeedback } from "../../../src/model/feedback/feedback-fields.ts";
import { holds } from "../../../src/model/query/expression/expression.ts";
import { compareKeys, documentKey, scalarOrderKey } from "../../../src/model/query/expression/order.ts";
import { compareText } from "./order.ts";

/** The feedback that a query asks for, of all that shows. */
export function selectFeedback(
  all: Feedback[],
  { projectId, where, sort, offset, limit }: FeedbackQuery,
): Feedback[] {
  const found = all
    .filter((each) => each.projectId === projectId)
    .filter((each) => where === null || holds(where, readFeedback(each).fields))
    .toSorted((a, b) => {
      for (const { path, direction } of sort) {
        const [x, y] = [a, b].map((each) => readFeedback(each).fields(path));
        const keyOf = isDocument(path) ? documentKey : scalarOrderKey;
        const order = compareKeys(keyOf(x!), keyOf(y!), direction);
        if (order !== 0) return order;
      }
      const order = a.createdAt - b.createdAt || compareText(a.id, b.id);
      return sort.at(-1)?.direction === "desc" ? -order : order;
    });
  return found.slice(offset, limit === null ? undefined : offset + limit);
}
