import { expect, test } from "vitest";
import { removalInTrace } from "../../src/model/threads/removal.ts";

const own = { spanId: "own", thread: 1 };
const free = { spanId: "free", thread: null };

test("a thread takes its own spans out of a trace, and the feedback on the turn that nobody else is in", () => {
  expect(removalInTrace([own, free], 1)).toEqual({ spanIds: ["own"], withTurnFeedback: true });
});

test("another thread in the trace keeps its spans, and the feedback on the turn", () => {
  const members = [own, { spanId: "other", thread: 2 }, free];
  expect(removalInTrace(members, 1)).toEqual({ spanIds: ["own"], withTurnFeedback: false });
});
