import { expect } from "vitest";
import type { ConversationSpansQuery } from "../../../src/model/traces/span.ts";
import { AlreadyExistsError } from "../../../src/store/errors.ts";
import type { Store } from "../../../src/store/store.ts";
import { feedback, PROJECT, span, spansQuery } from "../builders.ts";
import { readConversations } from "../reading.ts";
import type { DefineTest } from "./describe-store.ts";

const onTurn = (traceId: string) => ({ kind: "turn" as const, id: traceId });

/** Feedback, as it shows beside the spans of conversations. */
export function feedbackTests(test: DefineTest): void {
  test("feedback on a conversation shows with its tags and ratings", async ({ store }) => {
    await store.writeSpans([span({ thread: "thread" })]);
    const ratings = [
      { name: "helpful", value: 0.25, reason: "short", confidence: 1 },
      { name: "kind", value: -3, reason: null, confidence: null },
    ];
    await store.createFeedback(feedback({ tags: ["\u{1F44D}", ""], ratings }));
    expect(await shown(store)).toEqual([
      { traceId: null, feedbackType: "wandb.agent_user_feedback", tags: ["\u{1F44D}", ""], ratings },
    ]);
  });

  test("the conversation's comes first, then its turns'; each by time, then id", async ({ store }) => {
    await store.writeSpans([
      span({ traceId: "one", thread: "thread" }),
      span({ traceId: "two", thread: "thread" }),
    ]);
    const given = [
      { id: "4", createdAt: 1, target: onTurn("two") },
      { id: "6", createdAt: 2, target: onTurn("one") },
      { id: "5", createdAt: 2, target: onTurn("two") },
      { id: "\uFF5E", createdAt: 8 },
      { id: "\u{1F600}", createdAt: 8 },
      { id: "1", createdAt: 9 },
    ];
    for (const each of given.toReversed()) await store.createFeedback(feedback({ ...each, tags: [each.id] }));
    expect((await shown(store)).map(({ traceId, tags }) => [traceId, ...tags])).toEqual([
      [null, "\uFF5E"],
      [null, "\u{1F600}"],
      [null, "1"],
      ["two", "4"],
      ["two", "5"],
      ["one", "6"],
    ]);
  });

  test("a turn's shows where its trace is among the returned spans", async ({ store }) => {
    await store.writeSpans([
      span({ traceId: "old", thread: "thread", startedAt: 10 }),
      span({ traceId: "new", thread: "thread", startedAt: 20 }),
      span({ traceId: "foreign", thread: "other", startedAt: 20 }),
    ]);
    for (const traceId of ["old", "new", "foreign", "unknown"]) {
      await store.createFeedback(feedback({ id: traceId, target: onTurn(traceId), tags: [traceId] }));
    }
    const tags = async (given: Partial<ConversationSpansQuery>) =>
      (await shown(store, given)).flatMap((each) => each.tags);
    expect(await tags({})).toEqual(["new", "old"]);
    expect(await tags({ startedAfter: 20 })).toEqual(["new"]);
    expect(await tags({ startedBefore: 20 })).toEqual(["old"]);
    expect(await tags({ maxSpansPerConversation: 1 })).toEqual(["new"]);
  });

  test("a trace of two conversations shows its feedback in both, once in each", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "thread" }),
      span({ spanId: "b", thread: "thread" }),
      span({ spanId: "c", thread: "other" }),
    ]);
    await store.createFeedback(feedback({ target: onTurn("trace") }));
    const conversations = await readConversations(store, spansQuery(["thread", "other"]));
    expect(conversations.map((each) => each.feedback.length)).toEqual([1, 1]);
  });

  // Feedback is proof enough that a conversation is known: it shows though the conversation has no spans.
  test("the conversation's shows whatever the times leave of its spans", async ({ store }) => {
    await store.createFeedback(feedback({ createdAt: 5 }));
    expect(await shown(store)).toHaveLength(1);
    await store.writeSpans([span({ thread: "thread", startedAt: 10 })]);
    expect(await shown(store, { startedAfter: 100 })).toHaveLength(1);
    expect(await shown(store, { maxSpansPerConversation: 0 })).toHaveLength(1);
  });

  test("only feedback of users and monitors shows", async ({ store }) => {
    const types = [
      "wandb.agent_monitor",
      "wandb.agent_user_feedback",
      "wandb.reaction.1",
      "wandb.note.1",
      "custom",
    ];
    for (const feedbackType of types)
      await store.createFeedback(feedback({ id: feedbackType, feedbackType }));
    expect((await shown(store)).map((each) => each.feedbackType)).toEqual(types.slice(0, 2));
  });

  test("feedback on spans, calls and other things never shows", async ({ store }) => {
    await store.writeSpans([span({ traceId: "id", spanId: "id", thread: "id" })]);
    for (const kind of ["span", "call", "other"] as const) {
      await store.createFeedback(feedback({ id: kind, target: { kind, id: "id" } }));
    }
    const [conversation] = await readConversations(store, spansQuery(["id"]));
    expect(conversation!.feedback).toEqual([]);
  });

  test("feedback on a turn is not feedback on a conversation of the same id, nor the reverse", async ({
    store,
  }) => {
    await store.writeSpans([
      span({ traceId: "id", thread: "thread" }),
      span({ traceId: "trace", thread: "id" }),
    ]);
    await store.createFeedback(feedback({ id: "1", target: onTurn("id"), tags: ["turn"] }));
    await store.createFeedback(
      feedback({ id: "2", target: { kind: "conversation", id: "id" }, tags: ["whole"] }),
    );
    const conversations = await readConversations(store, spansQuery(["thread", "id"]));
    expect(conversations.map((each) => each.feedback.flatMap(({ tags }) => tags))).toEqual([
      ["turn"],
      ["whole"],
    ]);
  });

  test("an id can be used once in a project", async ({ store }) => {
    await store.createFeedback(feedback({ tags: ["first"] }));
    await expect(store.createFeedback(feedback({ tags: ["second"] }))).rejects.toThrow(AlreadyExistsError);
    await store.createFeedback(feedback({ projectId: "another" }));
    expect((await shown(store)).flatMap(({ tags }) => tags)).toEqual(["first"]);
  });

  test("several that come together are stored, or none of them is", async ({ store }) => {
    const ids = (...given: string[]) => given.map((id) => feedback({ id, tags: [id] }));
    await store.createFeedback(...ids("a", "b"));
    await expect(store.createFeedback(...ids("c", "b"))).rejects.toThrow(AlreadyExistsError);
    await expect(store.createFeedback(...ids("d", "d"))).rejects.toThrow(AlreadyExistsError);
    await store.createFeedback();
    expect((await shown(store)).flatMap(({ tags }) => tags)).toEqual(["a", "b"]);
  });

  test("removed feedback is gone, its id is free, and another project's stays", async ({ store }) => {
    for (const id of ["1", "2", "3"]) await store.createFeedback(feedback({ id, tags: [id] }));
    await store.deleteFeedback({ projectId: "another", ids: ["1", "2", "3"] });
    await store.deleteFeedback({ projectId: PROJECT, ids: ["1", "none", "3", "1"] });
    await store.deleteFeedback({ projectId: PROJECT, ids: [] });
    expect((await shown(store)).flatMap(({ tags }) => tags)).toEqual(["2"]);
    await store.createFeedback(feedback({ id: "1", tags: ["new"] }));
    expect((await shown(store)).flatMap(({ tags }) => tags)).toEqual(["new", "2"]);
  });

  test("of several at once with one id one is taken", async ({ store }) => {
    const attempts = ["a", "b", "c"].map((tag) => store.createFeedback(feedback({ tags: [tag] })));
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toBeInstanceOf(AlreadyExistsError);
    }
    expect(await shown(store)).toHaveLength(1);
  });
}

async function shown(store: Store, given: Partial<ConversationSpansQuery> = {}) {
  const [conversation] = await readConversations(store, spansQuery(["thread"], given));
  return conversation!.feedback;
}
