import { expect, it } from "vitest";
import { messageRole, newMessages } from "../../src/model/transcripts/message.ts";
import { message } from "../store/chat-builders.ts";

it.each([
  ["human", "user"],
  ["User", "user"],
  ["ai", "assistant"],
  ["assistant", "assistant"],
  ["model", "assistant"],
  ["tool", "tool"],
  ["Critic", "Critic"],
  ["constructor", "constructor"],
])("the role %s is %s", (name, role) => {
  expect(messageRole(name)).toBe(role);
});

it("a message is new whose id is not known, the first of an id", () => {
  const given = ["a", "b", "a", "c"].map((messageId, index) => message({ messageId, text: `${index}` }));
  expect(newMessages(given, ["c"]).map(({ text }) => text)).toEqual(["0", "1"]);
  expect(newMessages(given, ["a", "b", "c"])).toEqual([]);
});
