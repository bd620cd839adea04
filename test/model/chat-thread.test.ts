import { expect, it } from "vitest";
import { patchedChat, takesMessages, totalTokens } from "../../src/model/transcripts/chat-thread.ts";
import { chatPatch } from "../store/chat-builders.ts";

const given = {
  title: "a title",
  tags: ["a"],
  isArchived: true,
  isPinned: false,
  isReadonly: false,
  documents: '{"a":1,"b":{"c":2}}',
};

it("a patch changes what it names, and nothing else", () => {
  expect(patchedChat(given, chatPatch())).toEqual(given);
  expect(
    patchedChat(given, chatPatch({ title: null, tags: [], isArchived: false, isReadonly: true })),
  ).toEqual({
    ...given,
    title: null,
    tags: [],
    isArchived: false,
    isReadonly: true,
  });
});

it("documents are merged by their members, a null too", () => {
  const { documents } = patchedChat(given, chatPatch({ documents: '{"b":null,"d":1.0}' }));
  expect(documents).toBe('{"a":1,"b":null,"d":1.0}');
  expect(() => patchedChat(given, chatPatch({ documents: "[]" }))).toThrow("must be a JSON object");
});

it("a chat takes messages unless it is read-only", () => {
  expect(takesMessages({ isReadonly: false })).toBe(true);
  expect(takesMessages({ isReadonly: true })).toBe(false);
});

it("a chat took what its messages say, else what its spans took", () => {
  expect(totalTokens(0, 7)).toBe(0);
  expect(totalTokens(null, 7)).toBe(7);
  expect(totalTokens(null, 0)).toBeNull();
});
