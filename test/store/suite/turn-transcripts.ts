import { expect } from "vitest";
import type { SpanMessage } from "../../../src/model/traces/span.ts";
import { NotFoundError } from "../../../src/store/errors.ts";
import type { Store } from "../../../src/store/store.ts";
import { feedback, NOW, PROJECT, type SpanInput, span } from "../builders.ts";
import { end, start } from "../call-builders.ts";
import {
  append,
  chatQuery,
  message,
  messageQuery,
  readChats,
  readMessages,
  readTurns,
  turnQuery,
} from "../chat-builders.ts";
import { draft, key, patch, state } from "../record-builders.ts";
import type { DefineTest } from "./describe-store.ts";

const asks = (text: string): SpanMessage => ({
  role: "user",
  text,
  json: JSON.stringify({ role: "user", text }),
});
const answers = (text: string): SpanMessage => ({ role: "assistant", text, json: JSON.stringify({ text }) });

/** A turn of a trace of its own in the builders' thread, that starts at so many milliseconds and takes one. */
const turn = (name: string, at: number, given: SpanInput = {}) =>
  span({
    traceId: name,
    spanId: name,
    thread: "thread",
    startedAt: at * 1_000,
    messages: [asks(`${name}?`), answers(`${name}!`)],
    ...given,
  });

const texts = async (store: Store, given: Parameters<typeof messageQuery>[0] = {}) =>
  (await readMessages(store, messageQuery(given))).messages.map(({ text }) => text);

async function expectTranscript(store: Store, expected: string[]): Promise<void> {
  expect(await texts(store)).toEqual(expected);
  expect(await store.getChat(key())).toMatchObject({ messageCount: expected.length });
  expect((await readChats(store, chatQuery())).totals.messages).toBe(expected.length);
}

/** What the spans of turns say as the transcript of their thread, and the turns themselves. */
export function turnTranscriptTests(test: DefineTest): void {
  test("a turn is its last user message and its answer, which takes as long as the turn", async ({
    store,
  }) => {
    const own = {
      messages: [asks("first"), asks(" Last\none "), answers("done")],
      agentName: "helper",
      model: "gpt",
      inputTokens: 7,
      outputTokens: 3,
    };
    await store.writeSpans([turn("b", 30, { endedAt: null, messages: [asks("more")] }), turn("a", 10, own)]);
    const none = { agent: null, model: null, inputTokens: null, outputTokens: null, responseTimeMs: null };
    const place = expect.any(Array);
    expect(await readMessages(store, messageQuery())).toEqual({
      messages: [
        { ...none, ...asks(" Last\none "), place, messageId: "a/a/user", createdAt: 10_000 },
        {
          ...answers("done"),
          place,
          messageId: "a/a/assistant",
          createdAt: 11_000,
          agent: "helper",
          model: "gpt",
          inputTokens: 7,
          outputTokens: 3,
          responseTimeMs: 1,
        },
        { ...none, ...asks("more"), place, messageId: "b/b/user", createdAt: 30_000 },
      ],
      total: 3,
      hasMore: false,
    });
    const chat = {
      title: "Last one",
      createdAt: 10_000,
      messageCount: 3,
      userMessageCount: 2,
      assistantMessageCount: 1,
      totalTokens: 10,
      averageResponseTimeMs: 1,
      lastMessageAt: 30_000,
      lastMessagePreview: "more",
      participants: ["user", "helper"],
      agentUsed: "helper",
      modelUsed: "gpt",
    };
    expect(await store.getChat(key())).toMatchObject(chat);
    expect(await readChats(store, chatQuery())).toMatchObject({
      chats: [chat],
      totals: { threads: 1, messages: 3, tokens: 10 },
    });
  });

  test("where the turn's own span says nothing, its first question and last answer below it count", async ({
    store,
  }) => {
    const below = (spanId: string, startedAt: number, messages: SpanMessage[], given: SpanInput = {}) =>
      span({ spanId, parentSpanId: "turn", startedAt, messages, ...given });
    const own = {
      spanId: "turn",
      thread: "thread",
      startedAt: 0,
      endedAt: 9_000,
      agentName: "boss",
      model: null,
    };
    await store.writeSpans([
      below("late", 3_000, [asks("late"), answers("final")], { model: "last", agentName: "worker" }),
      below("tool", 4_000, [], { model: null }),
      below("early", 1_000, [asks("one"), asks("two"), answers("draft")], { model: "first" }),
      below("other", 5_000, [asks("elsewhere"), answers("elsewhere")], { thread: "other" }),
      span({ ...own, messages: [] }),
    ]);
    expect((await readMessages(store, messageQuery())).messages).toMatchObject([
      { text: "one", createdAt: 0 },
      { text: "final", createdAt: 9_000, agent: "boss", model: "last", responseTimeMs: 9 },
    ]);
    const winning = { ...own, endedAt: 9_500 };
    await store.writeSpans([span({ ...winning, messages: [asks("own")] })]);
    expect(await texts(store), "it has messages, so nothing below it counts").toEqual(["own"]);
  });

  test("several steps that are one turn speak as one", async ({ store }) => {
    const step = (spanId: string, at: number, messages: SpanMessage[]) =>
      turn("x", at, { spanId, operationName: "chat", messages });
    await store.writeSpans([step("2", 2, [asks("two"), answers("last")])]);
    await store.writeSpans([step("1", 1, [asks("one"), answers("draft")]), step("3", 3, [])]);
    await expectTranscript(store, ["one", "last"]);
    expect((await readTurns(store, turnQuery())).turns).toMatchObject([{ turnId: "1", spanCount: 3 }]);
  });

  test("what comes late falls into its place", async ({ store }) => {
    await store.writeSpans([turn("c", 30)]);
    await store.writeSpans([turn("a", 10, { messages: [asks(""), answers("a!")] })]);
    expect(await store.getChat(key())).toMatchObject({ title: "c?", lastMessagePreview: "c!" });
    await store.writeSpans([turn("b", 20, { messages: [], model: "m" })]);
    await expectTranscript(store, ["", "a!", "c?", "c!"]);
    await store.writeSpans([
      span({ traceId: "b", spanId: "b1", parentSpanId: "b", messages: [answers("late")] }),
    ]);
    await expectTranscript(store, ["", "a!", "late", "c?", "c!"]);
    const later = { endedAt: 90_000, startedAt: 80_000 };
    await store.writeSpans([turn("a", 0, { ...later, messages: [asks("moved")] })]);
    await expectTranscript(store, ["late", "c?", "c!", "moved"]);
    expect(await store.getChat(key())).toMatchObject({
      title: "c?",
      lastMessageAt: 80_000,
      lastMessagePreview: "moved",
      averageResponseTimeMs: 1,
      modelUsed: "m",
    });
  });

  test("a turn that goes takes its messages along", async ({ store }) => {
    await store.writeSpans([turn("a", 10, { agentName: "x" }), turn("b", 20, { agentName: "y" })]);
    await store.writeSpans([turn("b", 20, { threadClaim: null, thread: "other", endedAt: 99_000 })]);
    expect(await texts(store)).toEqual(["a?", "a!"]);
    expect(await store.getChat(key())).toMatchObject({ participants: ["user", "x"], agentUsed: "x" });
    expect(await texts(store, { threadId: "other" })).toEqual(["b?", "b!"]);
    expect(await store.deleteThread(key())).toEqual({ messages: 2 });
    expect(await texts(store, { threadId: "other" })).toEqual(["b?", "b!"]);
    await store.writeSpans([turn("c", 30)]);
    expect(await texts(store)).toEqual(["c?", "c!"]);
  });

  test("calls make transcripts too, and deleting them takes it back", async ({ store }) => {
    const of = { threadId: "thread", turnId: "turn" };
    await store.writeCalls([
      { kind: "start", start: start("turn", { ...of, messages: [asks("hi")] }) },
      { kind: "start", start: start("llm", { ...of, parentId: "turn", model: "gpt" }) },
    ]);
    await expectTranscript(store, ["hi"]);
    await store.writeCalls([
      { kind: "end", end: end("llm", { messages: [answers("step")], inputTokens: 4, outputTokens: 1 }) },
      { kind: "end", end: end("turn", { messages: [answers("hello")], endedAt: 5_000 }) },
    ]);
    await expectTranscript(store, ["hi", "hello"]);
    expect(await store.getChat(key())).toMatchObject({
      modelUsed: "gpt",
      totalTokens: 5,
      averageResponseTimeMs: 4,
    });
    await store.writeCalls([
      {
        kind: "complete",
        start: start("next", {
          ...of,
          turnId: "next",
          traceId: "t2",
          startedAt: 7_000,
          messages: [asks("x")],
        }),
        end: end("next", { endedAt: 8_000 }),
      },
    ]);
    await store.writeCalls([{ kind: "end", end: end("next", { bareText: "bare" }) }]);
    await expectTranscript(store, ["hi", "hello", "x", "bare"]);
    await store.writeCalls([{ kind: "end", end: end("llm", { bareText: "no turn's" }) }]);
    await expectTranscript(store, ["hi", "hello", "x", "bare"]);
    await store.deleteCalls({ projectId: PROJECT, callIds: ["turn"], now: NOW });
    await expectTranscript(store, ["x", "bare"]);
    expect(await store.getChat(key())).toMatchObject({ modelUsed: null, title: "x" });
  });

  test("a state's messages come before the turns', and give way when they are gone", async ({ store }) => {
    await store.writeSpans([turn("a", 10, { inputTokens: 5 })]);
    await expectTranscript(store, ["a?", "a!"]);
    const ofState = (...messages: unknown[]) => store.setState(state([JSON.stringify({ messages })]));
    await ofState({ id: "1", type: "human", content: "state", usage_metadata: null });
    await expectTranscript(store, ["state"]);
    await store.writeSpans([turn("b", 20)]);
    await expectTranscript(store, ["state"]);
    await ofState({ id: "1", type: "remove" });
    await expectTranscript(store, ["a?", "a!", "b?", "b!"]);
    expect(await store.getChat(key())).toMatchObject({
      title: "a?",
      totalTokens: 5,
      assistantMessageCount: 2,
    });
    await store.appendMessages(append([message({ text: "mine" })]));
    await store.writeSpans([turn("c", 30)]);
    await expectTranscript(store, ["mine"]);
    await store.copyThread(key(), "copy");
    expect(await texts(store, { threadId: "copy" })).toEqual(["mine"]);
  });

  test("a copy of a traced thread has no transcript: its spans stay where they are", async ({ store }) => {
    await store.writeSpans([turn("a", 10)]);
    await store.copyThread(key(), "copy");
    expect(await texts(store, { threadId: "copy" })).toEqual([]);
    await expectTranscript(store, ["a?", "a!"]);
  });

  test("an expired thread shows neither messages nor turns", async ({ store }) => {
    await store.writeSpans([turn("a", 10)]);
    await store.createThread(draft({ ttl: { strategy: "delete", minutes: 1 } }));
    const now = NOW + 60_000_000;
    for (const swept of [false, true]) {
      if (swept) await store.sweepExpired(now, 10);
      await expect(readMessages(store, messageQuery({ now }))).rejects.toThrow(NotFoundError);
      await expect(readTurns(store, turnQuery({ now }))).rejects.toThrow(NotFoundError);
      expect((await readChats(store, chatQuery({ now }))).totals.messages).toBe(0);
    }
    await store.writeSpans([turn("b", 20)], now);
    expect(await texts(store, { now })).toEqual(["b?", "b!"]);
  });

  test("turns are listed with what their spans add up to", async ({ store }) => {
    await store.writeSpans([
      turn("b", 20, { name: "second", endedAt: null, status: "ERROR" }),
      turn("a", 10, { name: "first", inputTokens: 9, outputTokens: 9, agentName: "boss" }),
      span({ traceId: "a", spanId: "a1", parentSpanId: "a", inputTokens: 2, outputTokens: 1, model: "gpt" }),
      span({ traceId: "a", spanId: "a2", parentSpanId: "a", inputTokens: 3, thread: "other" }),
    ]);
    const place = expect.any(Array);
    const first = {
      place,
      turnId: "a",
      traceId: "a",
      name: "first",
      startedAt: 10_000,
      endedAt: 11_000,
      durationMs: 1,
      failed: false,
      agent: "boss",
      model: "gpt",
      spanCount: 2,
      inputTokens: 2,
      outputTokens: 1,
    };
    const second = {
      place,
      turnId: "b",
      traceId: "b",
      name: "second",
      startedAt: 20_000,
      endedAt: null,
      durationMs: null,
      failed: true,
      agent: null,
      model: null,
      spanCount: 1,
      inputTokens: 0,
      outputTokens: 0,
    };
    expect(await readTurns(store, turnQuery())).toEqual({ turns: [first, second], total: 2, hasMore: false });
    const newest = await readTurns(store, turnQuery({ from: "newest", limit: 1 }));
    expect(newest).toEqual({ turns: [second], total: 2, hasMore: true });
    const cursor = newest.turns[0]!.place;
    expect(await readTurns(store, turnQuery({ from: "newest", limit: 1, cursor }))).toMatchObject({
      turns: [first],
      hasMore: false,
    });
    expect(await readTurns(store, turnQuery({ cursor }))).toMatchObject({ turns: [], hasMore: false });
    await store.createThread(draft({ threadId: "empty" }));
    expect(await readTurns(store, turnQuery({ threadId: "empty" }))).toEqual({
      turns: [],
      total: 0,
      hasMore: false,
    });
    await expect(readTurns(store, turnQuery({ threadId: "none" }))).rejects.toThrow(NotFoundError);
  });

  test("a thread without a turn was created when its first span started, as the latest version says", async ({
    store,
  }) => {
    const step = (startedAt: number) => turn("a", 0, { isTurn: false, startedAt, endedAt: 9_000 });
    await store.writeSpans([step(1_000)]);
    await store.writeSpans([step(3_000)]);
    expect(await store.getChat(key())).toMatchObject({ createdAt: 3_000, messageCount: 0 });
    const other = turn("a", 0, { spanId: "other", isTurn: false, startedAt: 2_000, endedAt: 9_000 });
    await store.writeSpans([other, { ...step(4_000), threadClaim: null, endedAt: 9_500 }]);
    expect(await store.getChat(key())).toMatchObject({ createdAt: 2_000 });
  });

  test("a place of another kind is refused", async ({ store }) => {
    await store.writeSpans([turn("a", 10)]);
    const invalid = { name: "InvalidRequestError" };
    await expect(readMessages(store, messageQuery({ cursor: ["x"] }))).rejects.toMatchObject(invalid);
    await expect(readTurns(store, turnQuery({ cursor: [1] }))).rejects.toMatchObject(invalid);
  });

  test("a traced thread can be patched and rated as any chat", async ({ store }) => {
    await store.writeSpans([turn("a", 10)]);
    await store.patchThread(patch({ metadata: '{"a":1}' }));
    await store.createFeedback(
      feedback({ ratings: [{ name: "qualityScore", value: 3, reason: null, confidence: null }] }),
    );
    expect(await store.getChat(key())).toMatchObject({ qualityScore: 3, messageCount: 2, title: "a?" });
  });
}
