import { expect } from "vitest";
import { chatCursor } from "../../../src/model/transcripts/chat-thread.ts";
import {
  AlreadyExistsError,
  NotFoundError,
  ReadOnlyThreadError,
  StoreUnavailableError,
} from "../../../src/store/errors.ts";
import { feedback, NOW, PROJECT, span } from "../builders.ts";
import {
  append,
  chatDraft,
  chatPatch,
  chatQuery,
  message,
  messageQuery,
  readChats,
  readMessageIds,
  readMessages,
} from "../chat-builders.ts";
import { change, draft, key, uuid } from "../record-builders.ts";
import type { DefineTest } from "./describe-store.ts";

/** What a store must do with threads as chats. */
export function chatTests(test: DefineTest): void {
  test("a chat is created with its first messages, and is a record too", async ({ store }) => {
    const chat = await store.createChat(
      chatDraft({
        title: "Title",
        tags: ["a", "b"],
        documents: '{"n":1.0}',
        by: "key",
        messages: [message({ text: "first" })],
      }),
    );
    expect(chat).toEqual({
      threadId: "thread",
      projectType: "general",
      title: "Title",
      createdAt: NOW,
      modifiedAt: NOW,
      messageCount: 1,
      userMessageCount: 1,
      assistantMessageCount: 0,
      totalTokens: null,
      averageResponseTimeMs: null,
      lastMessageAt: NOW,
      lastMessagePreview: "first",
      participants: ["user"],
      agentUsed: null,
      modelUsed: null,
      tags: ["a", "b"],
      isArchived: false,
      isPinned: false,
      isReadonly: false,
      createdBy: "key",
      modifiedBy: "key",
      documents: '{"n":1.0}',
      revision: 1,
      qualityScore: null,
      relevanceScore: null,
    });
    expect(await store.getChat(key())).toEqual(chat);
    expect(await store.getThread(key())).toMatchObject({ createdAt: NOW, metadata: "{}", values: null });
    await expect(store.createChat(chatDraft())).rejects.toThrow(AlreadyExistsError);
  });

  test("messages keep the order they were appended in, whatever their times", async ({ store }) => {
    await store.createChat(chatDraft());
    const asked = message({ messageId: "b", createdAt: 5_000_000, json: '{"role":"user", "n":1.0}' });
    const answered = message({
      messageId: "a",
      role: "assistant",
      text: "  an\n answer ",
      createdAt: 7_500_000,
      agent: "helper",
      model: "gpt",
      inputTokens: 10,
      outputTokens: 5,
    });
    const late = message({ messageId: "c", role: "assistant", createdAt: 1_000, responseTimeMs: 500.5 });
    const chat = await store.appendMessages(append([asked, answered], { now: NOW + 1, by: "key" }));
    expect(chat).toMatchObject({
      messageCount: 2,
      userMessageCount: 1,
      assistantMessageCount: 1,
      totalTokens: 15,
      averageResponseTimeMs: 2_500,
      lastMessageAt: 7_500_000,
      lastMessagePreview: "an answer",
      title: "hello",
      participants: ["user", "helper"],
      agentUsed: "helper",
      modelUsed: "gpt",
      modifiedAt: NOW + 1,
      modifiedBy: "key",
      revision: 2,
    });
    expect(await store.appendMessages(append([late]))).toMatchObject({
      lastMessageAt: 1_000,
      averageResponseTimeMs: 1_500.25,
      participants: ["user", "helper", "assistant"],
      agentUsed: "helper",
      revision: 3,
    });
    expect(await readMessages(store, messageQuery())).toEqual({
      messages: [asked, { ...answered, responseTimeMs: 2_500 }, late].map((each) => ({
        ...each,
        place: expect.any(Array),
      })),
      total: 3,
      hasMore: false,
    });
  });

  test("the same id twice is one message, in one request or across", async ({ store }) => {
    await store.createChat(chatDraft());
    const again = message({ text: "again" });
    const first = await store.appendMessages(append([message(), again, message({ messageId: "m2" })]));
    expect(first).toMatchObject({ messageCount: 2, lastMessagePreview: "hello", revision: 2 });
    expect(await store.appendMessages(append([again], { now: NOW + 5 }))).toEqual(first);
    expect(await store.appendMessages(append([again, message({ messageId: "m3" })]))).toMatchObject({
      messageCount: 3,
    });
    expect(await readMessageIds(store, messageQuery())).toEqual(["m1", "m2", "m3"]);
  });

  test("a read-only chat takes no messages, and one that is not there none either", async ({ store }) => {
    await store.createChat(chatDraft());
    await store.patchChat(chatPatch({ isReadonly: true }));
    await expect(store.appendMessages(append([message()]))).rejects.toThrow(ReadOnlyThreadError);
    await store.patchChat(chatPatch({ isReadonly: false }));
    expect(await store.appendMessages(append([message()]))).toMatchObject({ messageCount: 1, revision: 4 });
    for (const threadId of ["none", "claimed"]) {
      await expect(store.appendMessages(append([message()], { threadId }))).rejects.toThrow(NotFoundError);
      await expect(store.patchChat(chatPatch({ threadId }))).rejects.toThrow(NotFoundError);
      await expect(readMessages(store, messageQuery({ threadId }))).rejects.toThrow(NotFoundError);
      expect(await store.getChat(key({ threadId }))).toBeNull();
    }
  });

  test("a patch changes what it names and leaves the rest", async ({ store }) => {
    await store.createChat(
      chatDraft({ title: "t", tags: ["a"], documents: '{"a":1.0,"b":2}', messages: [message()] }),
    );
    const patched = await store.patchChat(
      chatPatch({ isPinned: true, documents: '{"b":null,"c":[]}', now: NOW + 1 }),
    );
    expect(patched).toMatchObject({
      title: "t",
      tags: ["a"],
      isPinned: true,
      isArchived: false,
      documents: '{"a":1.0,"b":null,"c":[]}',
      modifiedAt: NOW + 1,
      revision: 2,
    });
    expect(await store.patchChat(chatPatch({ title: null, tags: [], isArchived: true }))).toMatchObject({
      title: "hello",
      tags: [],
      isPinned: true,
      isArchived: true,
    });
    await expect(store.patchChat(chatPatch({ documents: "[]" }))).rejects.toMatchObject({
      name: "InvalidRequestError",
    });
    await expect(store.createChat(chatDraft({ threadId: "bad", documents: "1" }))).rejects.toMatchObject({
      name: "InvalidRequestError",
    });
    expect(await store.getChat(key({ threadId: "bad" }))).toBeNull();
  });

  test("a transcript is paged from both ends, by offset or from a place", async ({ store }) => {
    const ids = Array.from({ length: 7 }, (_, index) => `m${index}`);
    await store.createChat(chatDraft({ messages: ids.map((messageId) => message({ messageId })) }));
    for (const [given, expected] of [
      [{ from: "oldest", limit: 3 }, ["m0", "m1", "m2"]],
      [{ from: "oldest", limit: 3, offset: 5 }, ["m5", "m6"]],
      [{ from: "newest", limit: 3 }, ["m4", "m5", "m6"]],
      [{ from: "newest", limit: 3, offset: 5 }, ["m0", "m1"]],
      [{ from: "newest", limit: 3, offset: 9 }, []],
      [{ from: "oldest", limit: 0 }, []],
    ] as const) {
      expect(await readMessageIds(store, messageQuery(given))).toEqual(expected);
    }
    for (const from of ["oldest", "newest"] as const) {
      const seen: string[][] = [];
      for (let cursor = null as (string | number)[] | null, hasMore = true; hasMore; ) {
        const page = await readMessages(store, messageQuery({ from, limit: 3, cursor }));
        seen.push(page.messages.map(({ messageId }) => messageId));
        cursor = page.messages.at(from === "oldest" ? -1 : 0)!.place;
        ({ hasMore } = page);
      }
      expect((from === "oldest" ? seen : seen.toReversed()).flat()).toEqual(ids);
    }
  });

  test("long messages come whole, in several batches", async ({ store }) => {
    const text = "x".repeat(300_000);
    const messages = [1, 2, 3].map((n) => message({ messageId: `m${n}`, text }));
    await store.createChat(chatDraft({ messages }));
    const batches = await Array.fromAsync(store.listMessages(messageQuery({ from: "newest" })));
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.flatMap((batch) => batch.messages)).toMatchObject(messages);
  });

  test("chats of all doors are listed, the latest first", async ({ store }) => {
    await store.createChat(chatDraft({ threadId: "empty", now: NOW - 30 }));
    await store.createChat(
      chatDraft({ threadId: "said", messages: [message({ createdAt: NOW - 20, inputTokens: 1 })] }),
    );
    await store.createThread(draft({ threadId: uuid(1), now: NOW - 10 }));
    await store.writeSpans([
      span({ thread: "traced", startedAt: NOW - 40, inputTokens: 3, outputTokens: 4 }),
      span({ traceId: "other", thread: "running", startedAt: NOW - 40, endedAt: null }),
    ]);
    await store.createChat(chatDraft({ threadId: "typed", projectType: "code" }));
    const { chats, totals } = await readChats(store, chatQuery());
    expect(chats.map(({ threadId }) => threadId)).toEqual([uuid(1), "said", "empty", "traced", "running"]);
    expect(chats[3]).toMatchObject({ totalTokens: 7, messageCount: 0, title: null, revision: 1 });
    expect(totals).toEqual({ threads: 5, archived: 0, messages: 1, tokens: 8 });
    const typed = await readChats(store, chatQuery({ projectType: "code" }));
    expect(typed).toMatchObject({ chats: [{ threadId: "typed" }], totals: { threads: 1, tokens: null } });
    expect(await readChats(store, chatQuery({ projectId: "none" }))).toEqual({
      chats: [],
      totals: { threads: 0, archived: 0, messages: 0, tokens: null },
      hasMore: false,
    });
    const first = await readChats(store, chatQuery({ limit: 2 }));
    expect(first.hasMore).toBe(true);
    const rest = await readChats(store, chatQuery({ after: chatCursor(first.chats.at(-1)!) }));
    expect([...first.chats, ...rest.chats]).toEqual(chats);
    expect(rest.hasMore).toBe(false);
  });

  test("chats are found by status, pin, tags and text in the title", async ({ store }) => {
    await store.createChat(chatDraft({ threadId: "a", title: "Über Cats", tags: ["x"] }));
    await store.createChat(
      chatDraft({ threadId: "b", tags: ["x", "y"], messages: [message({ text: "cats?" })] }),
    );
    await store.createChat(chatDraft({ threadId: "c" }));
    await store.patchChat(chatPatch({ threadId: "a", isArchived: true }));
    await store.patchChat(chatPatch({ threadId: "b", isPinned: true }));
    const found = async (given: Parameters<typeof chatQuery>[0]) => {
      const { chats, totals } = await readChats(store, chatQuery(given));
      expect(totals).toMatchObject({ threads: 3, archived: 1 });
      return chats.map(({ threadId }) => threadId);
    };
    expect(await found({ archived: true })).toEqual(["a"]);
    expect(await found({ archived: false })).toEqual(["c", "b"]);
    expect(await found({ pinned: true })).toEqual(["b"]);
    expect(await found({ pinned: false })).toEqual(["c", "a"]);
    expect(await found({ tags: ["x"] })).toEqual(["b", "a"]);
    expect(await found({ tags: ["x", "y"] })).toEqual(["b"]);
    expect(await found({ title: "CATS" })).toEqual(["b", "a"]);
    expect(await found({ title: "über", limit: 1 })).toEqual(["a"]);
    expect(await found({ title: "none" })).toEqual([]);
  });

  test("scores are the means of the ratings of that name on the conversation", async ({ store }) => {
    await store.createChat(chatDraft());
    const rating = (name: string, value: number) => ({ name, value, reason: null, confidence: null });
    await store.createFeedback(
      feedback({ id: "1", ratings: [rating("qualityScore", 40), rating("relevanceScore", 0.5)] }),
    );
    await store.createFeedback(feedback({ id: "2", ratings: [rating("qualityScore", 60)] }));
    await store.createFeedback(
      feedback({ id: "3", target: { kind: "turn", id: "thread" }, ratings: [rating("qualityScore", 0)] }),
    );
    expect(await store.getChat(key())).toMatchObject({ qualityScore: 50, relevanceScore: 0.5 });
  });

  test("deleting a thread deletes its messages, and totals forget it", async ({ store }) => {
    await store.createChat(chatDraft({ title: "t", messages: [message({ outputTokens: 3 })] }));
    await store.patchChat(chatPatch({ isArchived: true, isPinned: true }));
    expect(await store.deleteThread(key())).toEqual({ messages: 1 });
    expect(await readChats(store, chatQuery())).toMatchObject({
      chats: [],
      totals: { threads: 0, archived: 0, messages: 0, tokens: null },
    });
    expect(await store.createChat(chatDraft())).toMatchObject({
      title: null,
      messageCount: 0,
      isArchived: false,
    });
    expect(await readMessages(store, messageQuery())).toMatchObject({ messages: [], total: 0 });
  });

  test("what has expired is not listed nor counted", async ({ store }) => {
    await store.createChat(chatDraft({ messages: [message({ outputTokens: 3 })] }));
    await store.patchThread({
      ...key(),
      metadata: null,
      status: null,
      ttl: { strategy: "delete", minutes: 1 },
    });
    await store.createChat(chatDraft({ threadId: "stays" }));
    const now = NOW + 60_000_000;
    for (const swept of [false, true]) {
      if (swept) await store.sweepExpired(now, 10);
      expect(await readChats(store, chatQuery({ now }))).toMatchObject({
        chats: [{ threadId: "stays" }],
        totals: { threads: 1, messages: 0, tokens: null },
      });
      await expect(readMessages(store, messageQuery({ now }))).rejects.toThrow(NotFoundError);
    }
  });

  test("a copy has the messages, title and documents of its source; pruning keeps them", async ({
    store,
  }) => {
    await store.createChat(
      chatDraft({
        title: "t",
        tags: ["a"],
        documents: '{"a":1}',
        projectType: "code",
        messages: [message()],
      }),
    );
    await store.patchChat(chatPatch({ isPinned: true, isReadonly: true }));
    await store.setState({ ...key(), baseId: null, change: change({ updates: ["{}"] }) });
    await store.copyThread(key(), "copy");
    await store.deleteThread(key());
    await store.pruneThreads({ projectId: PROJECT, threadIds: ["copy"], strategy: "keep_latest", now: NOW });
    expect(await store.getChat(key({ threadId: "copy" }))).toMatchObject({
      title: "t",
      tags: ["a"],
      documents: '{"a":1}',
      projectType: "code",
      isPinned: false,
      isReadonly: false,
      messageCount: 1,
      revision: 1,
    });
    expect(await readMessageIds(store, messageQuery({ threadId: "copy" }))).toEqual(["m1"]);
    await store.appendMessages(append([message(), message({ messageId: "m2" })], { threadId: "copy" }));
    expect(await readMessageIds(store, messageQuery({ threadId: "copy" }))).toEqual(["m1", "m2"]);
  });

  test("a thread that spans or another door made takes messages too", async ({ store }) => {
    await store.writeSpans([span({ thread: "thread", startedAt: 1_000, inputTokens: 9 })]);
    expect(await store.getChat(key())).toMatchObject({ createdAt: 1_000, totalTokens: 9 });
    const chat = await store.appendMessages(append([message({ inputTokens: 2 })]));
    expect(chat).toMatchObject({ createdAt: 1_000, modifiedAt: NOW, totalTokens: 2, title: "hello" });
    expect((await readChats(store, chatQuery())).totals).toMatchObject({
      threads: 1,
      messages: 1,
      tokens: 2,
    });
  });

  test("a closed store refuses chats too", async ({ store }) => {
    await store.close();
    await expect(store.createChat(chatDraft())).rejects.toThrow(StoreUnavailableError);
    await expect(readChats(store, chatQuery())).rejects.toThrow(StoreUnavailableError);
    await expect(readMessages(store, messageQuery())).rejects.toThrow(StoreUnavailableError);
  });
}
