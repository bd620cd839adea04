import { expect, test } from "vitest";
import { turnMessage } from "../../src/model/transcripts/turn-messages.ts";

const turn = {
  turnId: "turn",
  traceId: "trace",
  startedAt: 1_000,
  endedAt: 9_000,
  durationMs: 8,
  agent: "a",
  model: "m",
};
const answering = { startedAt: 2_000, endedAt: 5_000, inputTokens: 3, outputTokens: 4 };
const question = { role: "user" as const, text: "q", json: '"q"' };
const answer = { role: "assistant" as const, text: "a", json: '"a"' };
const NOTHING = { agent: null, model: null, inputTokens: null, outputTokens: null, responseTimeMs: null };

test("the question of a turn comes when it starts", () => {
  const message = { messageId: "trace/turn/user", ...question, createdAt: 1_000, ...NOTHING };
  expect(turnMessage(turn, question, answering)).toEqual(message);
});

test("the answer comes when the turn ends, with what the span says that gave it", () => {
  const said = { agent: "a", model: "m", inputTokens: 3, outputTokens: 4, responseTimeMs: 8 };
  const message = { messageId: "trace/turn/assistant", ...answer, createdAt: 9_000, ...said };
  expect(turnMessage(turn, answer, answering)).toEqual(message);
});

test("while the turn runs the answer comes when its span ends, or starts", () => {
  const running = { ...turn, endedAt: null, durationMs: null };
  expect(turnMessage(running, answer, answering).createdAt).toBe(5_000);
  expect(turnMessage(running, answer, { ...answering, endedAt: null }).createdAt).toBe(2_000);
});

test("nothing is known of an answer whose span is not there", () => {
  expect(turnMessage(turn, answer, null)).toMatchObject({ createdAt: 1_000, ...NOTHING });
});
