import { expect, test } from "vitest";
import { ANSWER, agentsAmong, claimsOf, essence, QUESTION, readFixture } from "../support/read-fixture.ts";

test("GenAI conventions: messages in parts, a tool between two calls, older names of tokens and messages", async () => {
  const spans = await readFixture("gen-ai.json");
  const model = "gpt-4o-mini-2024-07-18";
  expect(spans.map(essence)).toEqual([
    ["invoke_agent Guide", "invoke_agent", null, null, null],
    ["chat gpt-4o-mini", "chat", model, 21, 9, QUESTION],
    ["execute_tool lookup", "execute_tool", null, null, null],
    ["chat gpt-4o-mini", "chat", model, 40, 7, QUESTION, ANSWER],
    ["chat gpt-3.5-turbo", "chat", "gpt-3.5-turbo", 12, 3, QUESTION, ANSWER],
  ]);
  expect(agentsAmong(spans)).toEqual(["invoke_agent Guide"]);
  expect(spans[0]!.agentName).toBe("Guide");
  expect(claimsOf(spans)).toEqual([
    ["conv-ga-1", 1, "gen_ai.conversation.id"],
    ...Array.from({ length: 4 }, () => null),
  ]);
});
