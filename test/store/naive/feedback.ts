import type { Feedback } from "../../../src/model/feedback.ts";
import type { Store } from "../../../src/store/store.ts";

/** What becomes of feedback once it is stored. */
export function createNaiveFeedback(
  data: { feedback: Feedback[] },
  mustBeOpen: () => void,
): Pick<Store, "deleteFeedback"> {
  return {
    async deleteFeedback({ projectId, ids }) {
      mustBeOpen();
      data.feedback = data.feedback.filter((each) => each.projectId !== projectId || !ids.includes(each.id));
    },
  };
}
