import { expect, test } from "vitest";
import { ANSWER, agentsAmong, claimsOf, essence, QUESTION, readFixture } from "../support/read-fixture.ts";

test("Laminar: a session among the association properties, the rest in GenAI's names", async () => {
  const spans = await readFixture("laminar.json");
  expect(spans.map(essence)).toEqual([
    ["answer", "", null, null, null],
    ["openai.chat", "", "gpt-4o-mini-2024-07-18", 12, 3, QUESTION, ANSWER],
  ]);
  expect(agentsAmong(spans)).toEqual([]);
  const claim = ["session-lm-1", 7, "lmnr.association.properties.session_id"];
  expect(claimsOf(spans)).toEqual([claim, claim]);
});
