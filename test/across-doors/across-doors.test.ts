import { describe, expect, test } from "vitest";
import { TranscriptEnd } from "../../gen/skein/v1/chat_pb.ts";
import { AGENT, EXCHANGES, MODEL, SAID } from "./conversation.ts";
import { type House, openHouse, PROJECT } from "./house.ts";
import {
  chatList,
  conversationsSpans,
  listChatThreads,
  listMessages,
  messagesPath,
  searched,
  spans,
  streamQuery,
  threadsQuery,
  threadsSearch,
} from "./readers.ts";
import { WRITERS, type Writer } from "./writers.ts";

const tokens = EXCHANGES.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0);
const durations = EXCHANGES.map(({ start, end }) => end - start);
const meanDuration = durations.reduce((sum, duration) => sum + duration, 0) / durations.length;

/** A house in which these ways in have written the conversation, each a thread of its own. */
async function houseWith(writers: Writer[]): Promise<House> {
  const house = await openHouse();
  for (const { write, threadId } of writers) await write(house, threadId);
  return house;
}

describe.each(WRITERS)("a conversation that came in by $name", (writer) => {
  const { threadId, knows } = writer;

  test("is read through every door", async () => {
    const house = await houseWith([writer]);

    // As a document.
    expect(await searched(house)).toEqual([threadId]);
    expect(await threadsSearch(house)).toEqual([threadId]);
    expect((await house.rpc.getThread({ projectId: PROJECT, threadId })).thread?.threadId).toBe(threadId);
    expect(JSON.parse(await house.askProject(`/threads/${threadId}`))).toMatchObject({ thread_id: threadId });

    // By its turns and spans, if it was told of any.
    const turns = {
      threadId,
      turnCount: EXCHANGES.length,
      firstTurnId: expect.any(String),
      lastTurnId: expect.any(String),
      p50: meanDuration,
    };
    const rows = await threadsQuery(house);
    expect(rows).toEqual(knows.turns ? [turns] : []);
    expect(await streamQuery(house)).toEqual(rows);
    const ofThread = await spans(house, threadId);
    expect(ofThread.map(({ durationMs }) => durationMs)).toEqual(knows.turns ? durations : []);
    expect(await conversationsSpans(house, threadId)).toEqual(ofThread);

    // As a chat, with what was said, counted.
    const list = await chatList(house);
    const chat = {
      threadId,
      title: EXCHANGES[0]!.asked,
      messageCount: SAID.length,
      userMessageCount: EXCHANGES.length,
      assistantMessageCount: EXCHANGES.length,
      totalTokens: tokens,
      averageResponseTimeMs: knows.times ? meanDuration : null,
      lastMessagePreview: EXCHANGES.at(-1)!.answered,
      lastMessageAt: knows.times ? EXCHANGES.at(-1)!.end : expect.any(Number),
      participants: ["user", knows.agent ? AGENT : "assistant"],
      agentUsed: knows.agent ? AGENT : null,
      modelUsed: MODEL,
    };
    if (knows.transcript) expect(list).toEqual({ chats: [chat], threads: 1, messages: SAID.length, tokens });
    expect(await listChatThreads(house)).toEqual(list);

    // By its transcript, from either end.
    const said = knows.transcript ? SAID : [];
    expect(await messagesPath(house, threadId)).toEqual(said);
    expect(await listMessages(house, threadId, TranscriptEnd.OLDEST)).toEqual(said);
    expect(await listMessages(house, threadId, TranscriptEnd.NEWEST)).toEqual(said);
  });

  test("goes from all doors by any", async () => {
    const house = await houseWith([writer]);
    await house.rpc.deleteThread({ projectId: PROJECT, threadId });
    const left = [searched, threadsSearch, threadsQuery, streamQuery].map((read) => read(house));
    expect(await Promise.all(left)).toEqual([[], [], [], []]);
    expect(await spans(house, threadId)).toEqual([]);
    expect(await chatList(house)).toEqual({ chats: [], threads: 0, messages: 0, tokens: null });
  });
});

test("all of them are listed in one order, by every door, however often it is asked", async () => {
  const house = await houseWith(WRITERS.toReversed());
  const ids = WRITERS.map(({ threadId }) => threadId);
  const list = await chatList(house);
  expect(list.chats.map(({ threadId }) => threadId)).toEqual(latestFirst(WRITERS));
  const said = WRITERS.filter(({ knows }) => knows.transcript).length * SAID.length;
  expect(list).toMatchObject({ threads: ids.length, messages: said });
  expect(await listChatThreads(house)).toEqual(list);
  expect(await chatList(house)).toEqual(list);

  const found = await searched(house);
  expect(found.toSorted()).toEqual(ids);
  expect(await threadsSearch(house)).toEqual(found);
  const rows = await threadsQuery(house);
  const traced = WRITERS.filter(({ knows }) => knows.turns).map(({ threadId }) => threadId);
  expect(rows.map(({ threadId }) => threadId)).toEqual(traced.toSorted().reverse());
  expect(await streamQuery(house)).toEqual(rows);
});

test("one thread that every door writes to is one thread", async () => {
  const house = await openHouse();
  const [{ threadId }] = WRITERS as [Writer];
  const traced = WRITERS.filter(({ knows }) => knows.turns);
  for (const { write } of traced) await write(house, threadId);
  expect(await searched(house)).toEqual([threadId]);
  expect(await threadsQuery(house)).toMatchObject([
    { threadId, turnCount: traced.length * EXCHANGES.length },
  ]);

  const messages = [{ role: "user", content: "Thanks" }];
  await house.askProject(`/api/chat/threads/${threadId}/messages`, { messages });
  // What is appended is the transcript from then on; turns and spans stay.
  expect(await messagesPath(house, threadId)).toEqual([["user", "Thanks"]]);
  expect((await chatList(house)).chats).toMatchObject([{ threadId, messageCount: 1, title: "Thanks" }]);
  expect(await spans(house, threadId)).toHaveLength(traced.length * EXCHANGES.length);
  expect(await threadsSearch(house)).toEqual([threadId]);
});

/** The threads of writers in the order of a list of chats. */
function latestFirst(writers: Writer[]): string[] {
  const { start } = EXCHANGES[0]!;
  const { end } = EXCHANGES.at(-1)!;
  const lastAt = ({ knows }: Writer) => (knows.times ? (knows.transcript ? end : start) : Infinity);
  return writers
    .toSorted((a, b) => lastAt(b) - lastAt(a) || (a.threadId < b.threadId ? 1 : -1))
    .map(({ threadId }) => threadId);
}
