import { expect, test } from "vitest";
import { ANSWER, agentsAmong, claimsOf, essence, QUESTION, readFixture } from "../support/read-fixture.ts";

test("Weave: its thread, turns and operations count before those of others", async () => {
  const spans = await readFixture("weave.json");
  expect(spans.map(essence)).toEqual([
    ["session", "", null, null, null],
    ["answer", "invoke_agent", null, null, null, QUESTION, ANSWER],
    ["ask_model", "chat", "gpt-4o-mini", 12, 3, QUESTION, ANSWER],
  ]);
  expect(spans.map(({ isTurn }) => isTurn)).toEqual([false, true, null]);
  expect(agentsAmong(spans)).toEqual(["answer"]);
  expect(claimsOf(spans)).toEqual([
    ["thread-wv-1", 0, "wandb.thread_id"],
    null,
    ["conv-wv-1", 1, "weave.conversation.id"],
  ]);
});
