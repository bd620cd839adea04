import { describe, expect, test } from "vitest";
import { agentsAmong, claimsOf, essence, readFixture } from "../support/read-fixture.ts";

describe("recorded exports", () => {
  test("AI SDK: the tool call is a step, and the wrapper repeats the tokens", async () => {
    const spans = await readFixture("vercel-ai.json");
    const question = "user: What is the weather in Paris?";
    const answer = "assistant: It is sunny in Paris.";
    expect(spans.map(essence)).toEqual([
      ["ai.generateText", "ai.generateText", "mock-model", 61, 16, question, answer],
      ["ai.generateText.doGenerate", "ai.generateText.doGenerate", "mock-model", 21, 9, question],
      ["ai.toolCall", "ai.toolCall", null, null, null],
      ["ai.generateText.doGenerate", "ai.generateText.doGenerate", "mock-model", 40, 7, question, answer],
    ]);
    expect(agentsAmong(spans)).toEqual(["ai.generateText"]);
    for (const claim of claimsOf(spans)) {
      expect(claim).toEqual(["thread-ai-1", 2, "ai.telemetry.metadata.threadId"]);
    }
  });
});
