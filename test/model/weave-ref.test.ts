import fc from "fast-check";
import { expect, test } from "vitest";
import type { FeedbackTarget } from "../../src/model/feedback/feedback.ts";
import { formatWeaveRef, parseWeaveRef } from "../../src/model/feedback/weave-ref.ts";

test.each<[string, string, FeedbackTarget]>([
  ["weave:///ent/proj/agent_turn/0af7", "ent/proj", { kind: "turn", id: "0af7" }],
  ["weave:///ent/proj/agent_conversation/a%2Fb%20c", "ent/proj", { kind: "conversation", id: "a/b c" }],
  ["weave:///ent/proj/agent_conversation/a/b", "ent/proj", { kind: "conversation", id: "a/b" }],
  ["weave:///ent/proj/agent_span/s", "ent/proj", { kind: "span", id: "s" }],
  ["weave:///ent/proj/call/c", "ent/proj", { kind: "call", id: "c" }],
  ["weave:///ent/proj/call/c/attr/output", "ent/proj", { kind: "call", id: "c" }],
  ["weave:///default/call/c", "default", { kind: "call", id: "c" }],
  ["weave:///my%20team/proj/call/c", "my team/proj", { kind: "call", id: "c" }],
  [
    "weave:///ent/proj/object/name:digest",
    "ent/proj",
    { kind: "other", id: "weave:///ent/proj/object/name:digest" },
  ],
  ["anything else", "ent/proj", { kind: "other", id: "anything else" }],
])("%s", (ref, project, target) => {
  expect(parseWeaveRef(ref, project, ["ref"])).toEqual(target);
});

test.each(["weave:///ent/other/agent_turn/1", "weave:///ent/other/object/x:y", "weave:///other/call/1"])(
  "%s is of another project",
  (ref) => {
    expect(() => parseWeaveRef(ref, "ent/proj", ["ref"])).toThrow("points into the project");
  },
);

test("a target's ref leads back to it", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1 });
  const target: fc.Arbitrary<FeedbackTarget> = fc.oneof(
    fc.record({ kind: fc.constant("conversation" as const), id: name }),
    fc.record({
      kind: fc.constantFrom("turn" as const, "span", "call"),
      id: fc.stringMatching(/^[0-9a-f-]{1,40}$/),
    }),
  );
  const part = fc.stringMatching(/^[\w .-]+$/);
  const project = fc.array(part, { minLength: 1, maxLength: 2 }).map((parts) => parts.join("/"));
  fc.assert(
    fc.property(project, target, (projectId, one) => {
      expect(parseWeaveRef(formatWeaveRef(projectId, one), projectId, ["ref"])).toEqual(one);
    }),
  );
});
