import { describe, expect, test } from "vitest";
import { TranscriptEnd } from "../../gen/skein/v1/chat_pb.ts";
import { AGENT, EXCHANGES, MODEL, SAID } from "./conversation.ts";
import { type House, openHouse, PROJECT } from "./house.ts";
import {
  chatList,
  conversationsSpans,
  listChatThreads,
  listMessages,
  listTurns,
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
    const known = await listTurns(house, threadId);
    expect(known.map(({ durationMs }) => durationMs)).toEqual(knows.turns ? durations : []);
    if (knows.turns) {
      const [first, last] = [known[0], known.at(-1)].map((turn) => turn?.turnId);
      expect(rows).toMatchObject([{ firstTurnId: first, lastTurnId: last }]);
    }
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
    expect(list).toEqual({ chats: [chat], threads: 1, messages: SAID.length, tokens });
    expect(await listChatThreads(house)).toEqual(list);

    // By its transcript, from either end.
    expect(await messagesPath(house, threadId)).toEqual(SAID);
    expect(await listMessages(house, threadId, TranscriptEnd.OLDEST)).toEqual(SAID);
    expect(await listMessages(house, threadId, TranscriptEnd.NEWEST)).toEqual(SAID);
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
  // Those that know when it was said are as old as one another, so their ids decide.
  const [timed, untimed] = [true, false].map((times) => WRITERS.filter(({ knows }) => knows.times === times));
  const latestFirst = [...untimed!, ...timed!.toReversed()].map(({ threadId }) => threadId);
  expect(list.chats.map(({ threadId }) => threadId)).toEqual(latestFirst);
  expect(list).toMatchObject({ threads: ids.length, messages: ids.length * SAID.length });
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

test("one thread that every door writes to is one thread, and its transcript the nearest to what was said", async () => {
  const house = await openHouse();
  const [{ threadId }, ...others] = WRITERS as [Writer, ...Writer[]];
  const traced = WRITERS.filter(({ knows }) => knows.turns);
  const turns = traced.length * EXCHANGES.length;
  for (const { write } of traced) await write(house, threadId);
  expect(await searched(house)).toEqual([threadId]);
  expect(await threadsQuery(house)).toMatchObject([{ threadId, turnCount: turns }]);
  // Each dialect's turns are turns of their own, so each is heard.
  expect((await messagesPath(house, threadId)).toSorted()).toEqual(traced.flatMap(() => SAID).toSorted());

  const langgraph = others.find(({ name }) => name.startsWith("LangGraph"))!;
  await langgraph.write(house, threadId);
  expect(await messagesPath(house, threadId)).toEqual(SAID);

  const messages = [{ role: "user", content: "Thanks" }];
  await house.askProject(`/api/chat/threads/${threadId}/messages`, { messages });
  expect(await messagesPath(house, threadId)).toEqual([["user", "Thanks"]]);
  expect(await chatList(house)).toMatchObject({
    chats: [{ threadId, title: "Thanks" }],
    threads: 1,
    messages: 1,
  });

  expect(await listTurns(house, threadId)).toHaveLength(turns);
  expect(await spans(house, threadId)).toHaveLength(turns);
  expect(await threadsSearch(house)).toEqual([threadId]);
});
