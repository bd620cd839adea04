import { describe, expect, test } from "vitest";
import { ANSWER, agentsAmong, claimsOf, essence, QUESTION, readFixture } from "../support/read-fixture.ts";

describe("recorded exports", () => {
  test("Traceloop: arguments of a workflow, and messages in parts", async () => {
    const spans = await readFixture("traceloop.json");
    const byName = Object.fromEntries(spans.map((span) => [span.name, essence(span).slice(1)]));
    expect(byName).toEqual({
      "answer.workflow": ["workflow", null, null, null, QUESTION, ANSWER],
      "lookup.tool": ["tool", null, null, null],
      "chat gpt-4o-mini": ["chat", "gpt-4o-mini-2024", 12, 3, QUESTION, ANSWER],
    });
    expect(agentsAmong(spans)).toEqual(["answer.workflow"]);
    for (const claim of claimsOf(spans)) {
      expect(claim).toEqual(["session-tl-1", 7, "traceloop.association.properties.session_id"]);
    }
  });
});
