import { expect, test } from "vitest";
import { InvalidRequestError } from "../../src/model/base/errors.ts";
import { isUuid } from "../../src/model/base/uuid.ts";
import { type FeedbackDraft, finishFeedback } from "../../src/model/feedback/feedback-draft.ts";
import { feedback } from "../store/builders.ts";

const ID = "0198c2f0-7e11-7000-8000-0000000000aa";
const REFS = { runnableRef: "r", callRef: "c", triggerRef: "t" };

/** A draft without faults, but for what the test says. */
function draft(given: Partial<FeedbackDraft> = {}): FeedbackDraft {
  const { id: _id, createdAt: _at, ...rest } = feedback();
  return { ...rest, id: null, runnableRef: null, callRef: null, triggerRef: null, ...given };
}

const rating = (given: object = {}) => ({ name: "n", value: 1, reason: null, confidence: null, ...given });

/** The fields that a draft is refused for. */
function faultsOf(given: Partial<FeedbackDraft>): string[] {
  try {
    finishFeedback(draft(given), 1_000);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    return error.violations.map(({ path }) => path.join("."));
  }
}

test("a draft becomes feedback of its moment, with an id of its own if it has none", () => {
  const finished = finishFeedback(draft(), 1_000);
  expect(isUuid(finished.id)).toBe(true);
  expect(finished).toMatchObject({ createdAt: 1_000 });
  expect(finished).not.toHaveProperty("runnableRef");
  expect(finishFeedback(draft({ id: ID }), 1_000).id).toBe(ID);
});

test.each<[string, Partial<FeedbackDraft>]>([
  [
    "scores of an agent type",
    { feedbackType: "wandb.agent_monitor", ...REFS, ratings: [rating()], tags: ["x"] },
  ],
  ["scores of a scorer", { feedbackType: "wandb.runnable.mine", ratings: [rating({ confidence: 0.5 })] }],
  ["scores of the scorer itself", { feedbackType: "wandb.runnable", ratings: [rating()] }],
])("%s are taken", (_, given) => expect(faultsOf(given)).toEqual([]));

test.each<[string, Partial<FeedbackDraft>, string[]]>([
  ["an id that is no UUID", { id: "x" }, ["id"]],
  ["no type", { feedbackType: "" }, ["feedback_type"]],
  ["no target", { target: { kind: "turn", id: "" } }, ["target"]],
  [
    "a monitor that does not say what ran",
    { feedbackType: "wandb.agent_monitor" },
    ["runnable_ref", "call_ref", "trigger_ref"],
  ],
  ["tags of another type", { feedbackType: "custom", tags: ["x"] }, ["feedback_type"]],
  [
    "ratings of what only begins like a scorer",
    { feedbackType: "wandb.runnables", ratings: [rating()] },
    ["feedback_type"],
  ],
  ["a name rated twice", { feedbackType: "wandb.runnable", ratings: [rating(), rating()] }, ["ratings"]],
  [
    "a rating without end",
    { feedbackType: "wandb.runnable", ratings: [rating({ value: Infinity })] },
    ["ratings"],
  ],
  [
    "a confidence that is none",
    { feedbackType: "wandb.runnable", ratings: [rating({ confidence: NaN })] },
    ["ratings"],
  ],
  ["several faults at once", { id: "x", target: { kind: "turn", id: "" } }, ["id", "target"]],
])("%s: refused", (_, given, fields) => expect(faultsOf(given)).toEqual(fields));
