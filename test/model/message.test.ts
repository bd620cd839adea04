import { expect, it } from "vitest";
import { messageRole } from "../../src/model/transcripts/message.ts";

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
