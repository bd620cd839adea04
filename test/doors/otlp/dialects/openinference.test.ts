import { describe, expect, test } from "vitest";
import { ANSWER, agentsAmong, claimsOf, essence, QUESTION, readFixture } from "../support/read-fixture.ts";

describe("recorded exports", () => {
  test("OpenInference: messages spread over attributes, and LangChain's serialized ones", async () => {
    const spans = await readFixture("openinference.json");
    expect(spans.map(essence)).toEqual([
      ["RunnableSequence", "chain", null, null, null, QUESTION, ANSWER],
      ["RunnableLambda", "chain", null, null, null, QUESTION],
      ["FakeListChatModel", "llm", null, null, null, QUESTION, ANSWER],
    ]);
    expect(agentsAmong(spans)).toEqual(["RunnableSequence", "RunnableLambda"]);
    for (const claim of claimsOf(spans)) expect(claim).toEqual(["session-oi-1", 5, "session.id"]);
  });
});
