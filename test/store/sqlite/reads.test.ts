import { afterAll, beforeAll, expect, it } from "vitest";
import { allBatches } from "../../../src/store/shared/cooperative-read.ts";
import { type Database, openForReading } from "../../../src/store/sqlite/connection/database.ts";
import { callCountRead, callsRead } from "../../../src/store/sqlite/reads/calls/call-query.ts";
import { chatRead, chatsRead } from "../../../src/store/sqlite/reads/chats/chat-query.ts";
import { messagesRead } from "../../../src/store/sqlite/reads/chats/message-query.ts";
import type { Read } from "../../../src/store/sqlite/reads/define-read.ts";
import { projectsRead } from "../../../src/store/sqlite/reads/export/project-lookups.ts";
import { feedbackRead } from "../../../src/store/sqlite/reads/feedback/feedback-query.ts";
import { READS } from "../../../src/store/sqlite/reads/index.ts";
import { BUDGET } from "../../../src/store/sqlite/reads/read-budget.ts";
import { recordCountRead, recordsRead } from "../../../src/store/sqlite/reads/records/record-pages.ts";
import { stateRead, statesRead } from "../../../src/store/sqlite/reads/records/state-query.ts";
import { threadRead } from "../../../src/store/sqlite/reads/records/thread-lookups.ts";
import { spansRead } from "../../../src/store/sqlite/reads/spans/span-query.ts";
import { threadsRead } from "../../../src/store/sqlite/reads/threads/thread-query.ts";
import { turnsRead } from "../../../src/store/sqlite/reads/turns/turn-query.ts";
import type { Store } from "../../../src/store/store.ts";
import { feedback, feedbackQuery, span, spansQuery, threadQuery } from "../builders.ts";
import { callQuery, start } from "../call-builders.ts";
import { append, chatQuery, message, messageQuery, turnQuery } from "../chat-builders.ts";
import { change, draft, filter, historyQuery, key, search, stateQuery } from "../record-builders.ts";
import { openTemporaryStore, type TemporaryStore } from "../temporary-store.ts";

let temporary: TemporaryStore;
let db: Database;

/** One thread with something of everything. */
beforeAll(async () => {
  temporary = await openTemporaryStore();
  const { store } = temporary;
  const { threadId } = key();
  const states = [
    change({ updates: ['{"topic":"a","messages":[{"id":"m1","type":"human","content":"Hi"}]}'] }),
  ];
  await store.createThread(draft({ metadata: '{"graph_id":"agent"}', states }));
  await store.writeSpans([span({ thread: threadId, isTurn: true })]);
  await store.writeCalls([{ kind: "start", start: start("call", { threadId }) }]);
  await store.appendMessages(append([message()]));
  await store.createFeedback(feedback({ target: { kind: "conversation", id: threadId } }));
  db = openForReading(temporary.file, 1024);
});
afterAll(async () => {
  db.close();
  await temporary.close();
});

it("each read has a name of its own", () => {
  const names = READS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

/** A read of something that is there, and short. */
function short<Query, Batch>(read: Read<Query, Batch>, query: Query) {
  return {
    name: read.name,
    onMain: () => read.readShort(db, query),
    inWorker: () => allBatches(read.pages(db, query)),
  };
}

it.each([
  short(threadsRead, threadQuery({ limit: 10 })),
  short(spansRead, spansQuery([key().threadId])),
  short(turnsRead, turnQuery({ limit: 10 })),
  short(threadRead, key()),
  short(recordsRead, search({ limit: 10, metadata: '{"graph_id":"agent"}' })),
  short(recordCountRead, filter({ metadata: '{"graph_id":"agent"}' })),
  short(stateRead, stateQuery()),
  short(statesRead, historyQuery({ limit: 10 })),
  short(chatRead, key()),
  short(chatsRead, chatQuery({ limit: 10 })),
  short(messagesRead, messageQuery({ limit: 10 })),
  short(projectsRead, null),
])("$name gives the same on the main thread and in a worker", ({ onMain, inWorker }) => {
  const batches = onMain();
  expect(batches).not.toBeNull();
  expect(batches?.length).toBeGreaterThan(0);
  expect(inWorker()).toEqual(batches);
});

it.each([
  { what: "threads without a limit", batches: () => threadsRead.readShort(db, threadQuery({ limit: null })) },
  {
    what: "threads beyond a deep offset",
    batches: () => threadsRead.readShort(db, threadQuery({ limit: 1, offset: BUDGET.threads.offset + 1 })),
  },
  {
    what: "spans with messages",
    batches: () => spansRead.readShort(db, spansQuery(["a"], { view: "messages" })),
  },
  { what: "a search without a limit", batches: () => recordsRead.readShort(db, search({ limit: null })) },
  {
    what: "a search for what no index knows",
    batches: () => recordsRead.readShort(db, search({ values: '{"messages":[{"id":"m1"}]}', limit: 10 })),
  },
  {
    what: "a search of many ids",
    batches: () =>
      recordsRead.readShort(
        db,
        search({ limit: 10, threadIds: Array.from({ length: BUDGET.records.ids + 1 }, String) }),
      ),
  },
  {
    what: "a history that is filtered",
    batches: () => statesRead.readShort(db, historyQuery({ metadata: "{}", limit: 10 })),
  },
  {
    what: "chats by their title",
    batches: () => chatsRead.readShort(db, chatQuery({ title: "a", limit: 10 })),
  },
  {
    what: "many messages",
    batches: () => messagesRead.readShort(db, messageQuery({ limit: BUDGET.messages.rows + 1 })),
  },
  { what: "many turns", batches: () => turnsRead.readShort(db, turnQuery({ limit: BUDGET.turns.rows + 1 })) },
  { what: "calls", batches: () => callsRead.readShort(db, callQuery()) },
  { what: "a count of calls", batches: () => callCountRead.readShort(db, callQuery()) },
  { what: "feedback", batches: () => feedbackRead.readShort(db, feedbackQuery()) },
])("$what is nothing for the main thread", ({ batches }) => {
  expect(batches()).toBeNull();
});

it("a page whose documents are large goes to a worker, and comes all the same", async () => {
  const { store } = temporary;
  const large = search({ limit: 10, documents: ["metadata"], metadata: '{"kind":"large"}' });
  const metadata = JSON.stringify({ kind: "large", text: "x".repeat(BUDGET.bytes) });
  await store.createThread(draft({ threadId: "large", metadata }));
  expect(recordsRead.readShort(db, large)).toBeNull();
  expect(await searched(store, large)).toEqual([{ threadId: "large", metadata }]);
});

async function searched(store: Store, query: ReturnType<typeof search>) {
  const batches = await Array.fromAsync(store.searchThreads(query));
  return batches.flatMap(({ threads }) => threads.map(({ threadId, metadata }) => ({ threadId, metadata })));
}

it("an abort between the batches of a short read raises its reason", async () => {
  const controller = new AbortController();
  const reason = new Error("the caller left");
  const query = chatQuery({ limit: 10 });
  expect(chatsRead.readShort(db, query)).not.toBeNull();
  const chats = temporary.store.listChats(query, { signal: controller.signal })[Symbol.asyncIterator]();
  expect((await chats.next()).done).toBe(false);
  controller.abort(reason);
  await expect(chats.next()).rejects.toBe(reason);
});
