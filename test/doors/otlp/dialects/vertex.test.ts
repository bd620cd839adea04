import { expect, test } from "vitest";
import { agentsAmong, claimsOf, essence, readFixture } from "../support/read-fixture.ts";

test("Vertex AI: the session on the model call; its request and response are not read", async () => {
  const spans = await readFixture("vertex.json");
  expect(spans.map(essence)).toEqual([
    ["invocation", "", null, null, null],
    ["invoke_agent guide", "invoke_agent", null, null, null],
    ["call_llm", "", "gemini-2.5-flash", 12, 3],
    ["execute_tool lookup", "execute_tool", null, null, null],
  ]);
  expect(agentsAmong(spans)).toEqual(["invoke_agent guide"]);
  expect(claimsOf(spans)).toEqual([
    null,
    ["session-vx-1", 1, "gen_ai.conversation.id"],
    ["session-vx-1", 6, "gcp.vertex.agent.session_id"],
    null,
  ]);
});
