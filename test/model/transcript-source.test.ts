import { expect, it } from "vitest";
import { shownTranscript, type TranscriptSource } from "../../src/model/transcripts/transcript-source.ts";

const some = (messages: number) => ({ messages, tokens: messages * 2, lastMessageAt: 9 });

it.each<[Partial<Record<TranscriptSource, number>>, TranscriptSource, number]>([
  [{ appended: 1, state: 2, turns: 3 }, "appended", 1],
  [{ appended: 0, state: 2, turns: 3 }, "state", 2],
  [{ state: 2 }, "state", 2],
  [{ state: 0, turns: 3 }, "turns", 3],
])("of %j the messages of the first source that has any are shown", (has, source, messages) => {
  const shown = shownTranscript((of) => (has[of] === undefined ? null : some(has[of])));
  expect(shown).toEqual({ source, ...some(messages) });
});

it("where there are no messages, a thread shows those of its turns", () => {
  const none = { source: "turns", messages: 0, tokens: null, lastMessageAt: null };
  expect(shownTranscript(() => null)).toEqual(none);
  expect(shownTranscript(() => ({ messages: 0, tokens: 5, lastMessageAt: 1 }))).toEqual(none);
});
