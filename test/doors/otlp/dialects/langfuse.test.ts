import { describe, expect, test } from "vitest";
import { ANSWER, agentsAmong, claimsOf, essence, QUESTION, readFixture } from "../support/read-fixture.ts";

describe("recorded exports", () => {
  test("Langfuse: a question inside a document, token counts inside another", async () => {
    const spans = await readFixture("langfuse.json");
    expect(spans.map(essence)).toEqual([
      ["answer", "agent", null, null, null, QUESTION, ANSWER],
      ["search", "tool", null, null, null],
      ["generation", "generation", "gpt-4o-mini", 12, 3, QUESTION, ANSWER],
    ]);
    expect(agentsAmong(spans)).toEqual(["answer"]);
    for (const claim of claimsOf(spans)) expect(claim).toEqual(["session-lf-1", 5, "session.id"]);
  });
});
