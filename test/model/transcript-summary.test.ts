import { expect, test } from "vitest";
import type { Message } from "../../src/model/transcripts/message.ts";
import { addMessages, EMPTY_SUMMARY } from "../../src/model/transcripts/transcript-summary.ts";
import { message } from "../store/chat-builders.ts";

const SECOND = 1_000_000;
const at = (seconds: number, given: Partial<Message>) => message({ createdAt: seconds * SECOND, ...given });
const answer = (seconds: number, given: Partial<Message> = {}) =>
  at(seconds, { role: "assistant", text: "yes", ...given });

const summaryOf = (...messages: Message[]) => addMessages(EMPTY_SUMMARY, messages).summary;
const timesOf = (...messages: Message[]) =>
  addMessages(EMPTY_SUMMARY, messages).messages.map(({ responseTimeMs }) => responseTimeMs);

test("no messages change nothing", () => {
  expect(addMessages(EMPTY_SUMMARY, [])).toEqual({ summary: EMPTY_SUMMARY, messages: [] });
});

test("messages are counted by who speaks, and everyone is named once", () => {
  expect(
    summaryOf(
      at(0, { role: "system", text: "be kind" }),
      at(1, { text: "" }),
      at(2, { text: "first" }),
      at(3, { text: "second" }),
      answer(4, { agent: "helper", model: "m1" }),
      answer(5, { text: "last" }),
      answer(6, { agent: "helper", text: "last of all" }),
    ),
  ).toMatchObject({
    messages: 7,
    userMessages: 3,
    assistantMessages: 3,
    lastMessageAt: 6 * SECOND,
    preview: "last of all",
    lastUserAt: 3 * SECOND,
    title: "first",
    participants: ["user", "helper", "assistant"],
    agent: "helper",
    model: "m1",
  });
});

test("tokens are the sum of what messages say, and unknown while none says", () => {
  expect(summaryOf(answer(1)).tokens).toBeNull();
  expect(summaryOf(answer(1, { inputTokens: 0 }), answer(2)).tokens).toBe(0);
  expect(summaryOf(answer(1, { inputTokens: 3 }), answer(2, { outputTokens: 4 })).tokens).toBe(7);
});

test("a response time is as given, else measured from the last question", () => {
  expect(timesOf(at(1, {}), answer(3), answer(4))).toEqual([null, 2000, 3000]);
  expect(timesOf(at(1, {}), answer(3, { responseTimeMs: 5 }))).toEqual([null, 5]);
  expect(timesOf(answer(3)), "without a question").toEqual([null]);
  expect(timesOf(at(1, {}), answer(1)), "of one moment").toEqual([null, null]);
  expect(timesOf(at(1, {}), at(2, { role: "tool" })), "of no assistant").toEqual([null, null]);
  expect(timesOf(at(5, {}), answer(3)), "before it").toEqual([null, 0]);
  expect(summaryOf(at(1, {}), answer(3), answer(4), answer(1))).toMatchObject({
    responses: 2,
    responseMs: 5000,
  });
});

test("messages added in two goes are summed up as in one", () => {
  const messages = [at(1, {}), answer(2), at(3, { text: "more" }), answer(5, { outputTokens: 2 })];
  const once = addMessages(EMPTY_SUMMARY, messages);
  const first = addMessages(EMPTY_SUMMARY, messages.slice(0, 2));
  const second = addMessages(first.summary, messages.slice(2));
  expect(second.summary).toEqual(once.summary);
  expect([...first.messages, ...second.messages]).toEqual(once.messages);
});
