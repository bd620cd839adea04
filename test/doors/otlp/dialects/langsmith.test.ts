import { describe, expect, test } from "vitest";
import { ANSWER, agentsAmong, claimsOf, essence, QUESTION, readFixture } from "../support/read-fixture.ts";

describe("recorded exports", () => {
  test("LangSmith: run inputs and outputs as JSON", async () => {
    const spans = await readFixture("langsmith.pb");
    expect(spans.map(essence)).toEqual([
      ["agent", "chain", null, null, null, QUESTION, ANSWER],
      ["model", "chat", "gpt-4o-mini", 12, 3, QUESTION, ANSWER],
    ]);
    expect(agentsAmong(spans)).toEqual(["agent"]);
    for (const claim of claimsOf(spans)) {
      expect(claim).toEqual(["thread-ls-1", 2, "langsmith.metadata.thread_id"]);
    }
  });
});
