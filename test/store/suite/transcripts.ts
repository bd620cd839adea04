import { expect } from "vitest";
import type { Store } from "../../../src/store/store.ts";
import { NOW, PROJECT } from "../builders.ts";
import {
  append,
  chatDraft,
  chatQuery,
  message,
  messageQuery,
  readChats,
  readMessageIds,
  readMessages,
} from "../chat-builders.ts";
import { readStates } from "../reading.ts";
import { draft, historyQuery, key, state, uuid } from "../record-builders.ts";
import type { DefineTest } from "./describe-store.ts";

const said = (id: string, type = "human", content = id) => ({ id, type, content });
const update = (...messages: unknown[]) => [JSON.stringify({ messages })];

async function expectTranscript(store: Store, ids: string[], threadId = "thread"): Promise<void> {
  expect(await readMessageIds(store, messageQuery({ threadId }))).toEqual(ids);
  expect(await store.getChat(key({ threadId }))).toMatchObject({ messageCount: ids.length });
  expect((await readChats(store, chatQuery())).totals.messages).toBe(ids.length);
}

/** Which messages are the transcript of a thread: the first source of them that has any. */
export function transcriptTests(test: DefineTest): void {
  test("what users and assistants say in the latest state is the transcript", async ({ store }) => {
    await store.createThread(draft());
    const asked = said("1", "human", "  What is\n up? ");
    const answered = {
      id: "4",
      type: "ai",
      name: "helper",
      content: [{ type: "text", text: "The sky." }],
      response_metadata: { model_name: "gpt" },
      usage_metadata: { input_tokens: 5, output_tokens: 2 },
    };
    await store.setState(state(update(said("0", "system"), asked), { now: NOW + 1_000 }));
    const call = { id: "2", type: "ai", content: "", tool_calls: [{ name: "look" }] };
    await store.setState(state(update(call, said("3", "tool"), answered), { now: NOW + 5_000 }));
    const none = { agent: null, model: null, inputTokens: null, outputTokens: null, responseTimeMs: null };
    const place = expect.any(Array);
    expect(await readMessages(store, messageQuery())).toEqual({
      messages: [
        {
          ...none,
          place,
          messageId: "1",
          role: "user",
          createdAt: NOW + 1_000,
          text: asked.content,
          json: JSON.stringify(asked),
        },
        {
          place,
          messageId: "4",
          role: "assistant",
          createdAt: NOW + 5_000,
          text: "The sky.",
          json: JSON.stringify(answered),
          agent: "helper",
          model: "gpt",
          inputTokens: 5,
          outputTokens: 2,
          responseTimeMs: 4,
        },
      ],
      total: 2,
      hasMore: false,
    });
    const chat = {
      title: "What is up?",
      messageCount: 2,
      userMessageCount: 1,
      assistantMessageCount: 1,
      totalTokens: 7,
      averageResponseTimeMs: 4,
      lastMessageAt: NOW + 5_000,
      lastMessagePreview: "The sky.",
      participants: ["user", "helper"],
      agentUsed: "helper",
      modelUsed: "gpt",
    };
    expect(await store.getChat(key())).toMatchObject(chat);
    expect(await readChats(store, chatQuery())).toMatchObject({
      chats: [chat],
      totals: { threads: 1, messages: 2, tokens: 7 },
    });
  });

  test("states that a thread begins with count as well", async ({ store }) => {
    const states = [update(said("1")), update(said("2"))].map((updates) => state(updates).change);
    await store.createThread(draft({ states }));
    await expectTranscript(store, ["1", "2"]);
  });

  test("messages that a state changes, drops or puts in keep their places and times", async ({ store }) => {
    await store.createThread(draft());
    for (const [index, id] of ["1", "2", "3", "4"].entries()) {
      await store.setState(state(update(said(id)), { now: NOW + index }));
    }
    const now = NOW + 9;
    await store.setState(
      state(update({ id: "2", type: "remove" }, said("3", "ai", "anew"), said("5")), { now }),
    );
    expect((await readMessages(store, messageQuery())).messages).toMatchObject([
      { messageId: "1", createdAt: NOW },
      { messageId: "3", createdAt: NOW + 2, text: "anew", role: "assistant" },
      { messageId: "4", createdAt: NOW + 3 },
      { messageId: "5", createdAt: NOW + 9 },
    ]);
    await expectTranscript(store, ["1", "3", "4", "5"]);
    await store.setState(state(update({ id: "__remove_all__", type: "remove" }, said("6"))));
    await expectTranscript(store, ["6"]);
    await store.setState(state(['{"messages":null}']));
    await expectTranscript(store, []);
    expect(await store.getChat(key())).toMatchObject({ title: null, lastMessageAt: null, participants: [] });
  });

  test("a state that follows an older one takes its messages along", async ({ store }) => {
    await store.createThread(draft());
    for (const id of ["1", "2", "3"]) await store.setState(state(update(said(id))));
    const states = await readStates(store, historyQuery());
    const baseId = states.at(-1)!.checkpointId;
    await store.setState(state(update(said("fork")), { baseId, now: NOW + 5 }));
    await expectTranscript(store, ["1", "fork"]);
  });

  test("appended messages take the place of those of a state, for good", async ({ store }) => {
    await store.createThread(draft());
    await store.setState(state(update(said("1"), said("2"))));
    const chat = await store.appendMessages(append([message({ messageId: "1", text: "mine" })]));
    expect(chat).toMatchObject({ messageCount: 1, title: "mine", lastMessagePreview: "mine" });
    await expectTranscript(store, ["1"]);
    await store.setState(state(update(said("3"))));
    await store.setState(state(update({ id: "1", type: "remove" })));
    await expectTranscript(store, ["1"]);
    expect(await store.deleteThread(key())).toEqual({ messages: 1 });
    await store.createChat(chatDraft());
    await expectTranscript(store, []);
  });

  test("a transcript of a state is paged as any other", async ({ store }) => {
    await store.createThread(draft());
    const ids = Array.from({ length: 7 }, (_, index) => `m${index}`);
    await store.setState(state(update(...ids.flatMap((id) => [said(`tool ${id}`, "tool"), said(id)]))));
    const page = (given: Parameters<typeof messageQuery>[0]) => readMessageIds(store, messageQuery(given));
    expect(await page({ from: "newest", limit: 2, offset: 1 })).toEqual(["m4", "m5"]);
    expect(await page({ from: "oldest", limit: 2, offset: 5 })).toEqual(["m5", "m6"]);
    const { messages } = await readMessages(store, messageQuery({ from: "newest", limit: 3 }));
    expect(await page({ from: "newest", limit: 3, cursor: messages[0]!.place })).toEqual(["m1", "m2", "m3"]);
    expect(await page({ from: "oldest", limit: 3, cursor: messages[2]!.place })).toEqual([]);
  });

  test("a copy has the messages of the state, pruning keeps them, deleting drops them", async ({ store }) => {
    await store.createThread(draft());
    await store.setState(state(update(said("1"))));
    await store.setState(state(update(said("2"))));
    await store.copyThread(key(), "copy");
    expect(await store.deleteThread(key())).toEqual({ messages: 2 });
    await store.pruneThreads({ projectId: PROJECT, threadIds: ["copy"], strategy: "keep_latest", now: NOW });
    await expectTranscript(store, ["1", "2"], "copy");
    await store.setState(state(update(said("3")), { threadId: "copy", checkpointId: uuid(9) }));
    await expectTranscript(store, ["1", "2", "3"], "copy");
  });

  test("a thread with the messages of its state in it is listed by the time of the last", async ({
    store,
  }) => {
    await store.createThread(draft({ threadId: uuid(1), now: NOW - 20 }));
    await store.createThread(draft({ threadId: uuid(2), now: NOW - 10 }));
    await store.setState(state(update(said("1")), { threadId: uuid(1) }));
    const { chats } = await readChats(store, chatQuery());
    expect(chats.map(({ threadId }) => threadId)).toEqual([uuid(1), uuid(2)]);
  });
}
