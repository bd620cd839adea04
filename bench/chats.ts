import Database from "better-sqlite3";
import type { ChatQuery } from "../src/model/transcripts/chat-thread.ts";
import type { MessageQuery } from "../src/model/transcripts/message.ts";
import type { Store } from "../src/store/store.ts";
import { LONG_THREAD } from "./chat-data.ts";
import { BENCH_PROJECT, EPOCH } from "./data.ts";
import { measure, type Row, timingRow } from "./measure.ts";
import { recordId } from "./records.ts";
import { withServer } from "./server-process.ts";

const PAGE = 50;

/** A later moment than any of the made-up data. */
const NOW = Date.now() * 1000;

/** The list of chats with its totals, beside the same rows and counters read bare. */
export async function benchChatList(store: Store, file: string, threads: number): Promise<Row[]> {
  const db = new Database(file, { readonly: true });
  const floorOf = bareList(db);
  const middle = Math.floor(threads / 2);
  const after = { activeAt: EPOCH + middle * 1000, threadId: recordId(middle) };
  const pages: [string, Partial<ChatQuery>, string?][] = [
    [`${PAGE} chats, the latest`, {}],
    [`${PAGE} chats from the middle`, { after }],
    ["1000 chats, the latest", { limit: 1000 }],
    [`${PAGE} archived chats, one in a hundred`, { archived: true }, "archived = 1"],
    [`${PAGE} chats of a tag, one in fifty`, { tags: ["tag-7"] }, "tags LIKE '%\"tag-7\"%'"],
    ["a chat by its title, one in all", { title: `order ${middle}?` }, `title = 'Where is order ${middle}?'`],
  ];
  const rows: Row[] = [];
  for (const [what, given, condition] of pages) {
    const query = chatQuery(given);
    const bare = floorOf(query, condition);
    const times = query.title === null ? 300 : 5;
    const expected = bare().length;
    const floor = await measure(times, bare);
    const measured = await measure(times, async () => {
      let read = 0;
      for await (const { chats } of store.listChats(query)) read += chats.length;
      expectRows(read, expected);
    });
    rows.push(timingRow(what, measured, floor));
  }
  db.close();
  return rows;
}

/** Pages of a long transcript, beside the same rows read bare. */
export async function benchTranscript(store: Store, file: string, messages: number): Promise<Row[]> {
  const db = new Database(file, { readonly: true });
  const read = bareTranscript(db);
  const middle = Math.floor(messages / 2);
  const pages: [string, Partial<MessageQuery>, number][] = [
    ["the first, forwards", { from: "oldest" }, 0],
    ["the middle, forwards", { from: "oldest", cursor: [middle - 1] }, middle],
    ["the last, forwards", { from: "oldest", offset: messages - PAGE }, messages - PAGE],
    ["the last, backwards", { from: "newest" }, messages - PAGE],
    ["the middle, backwards", { from: "newest", cursor: [middle] }, middle - PAGE],
    ["the first, backwards", { from: "newest", offset: messages - PAGE }, 0],
  ];
  const rows: Row[] = [];
  for (const limit of [PAGE, 1000]) {
    for (const [what, given, start] of pages.slice(0, limit === PAGE ? undefined : 1)) {
      const query = messageQuery({ ...given, limit });
      const expected = read(start, limit).length;
      const floor = await measure(300, () => read(start, limit));
      const measured = await measure(300, async () => {
        let count = 0;
        for await (const batch of store.listMessages(query)) count += batch.messages.length;
        expectRows(count, expected);
      });
      rows.push(timingRow(`${limit} of ${messages} messages: ${what}`, measured, floor));
    }
  }
  db.close();
  return rows;
}

/** Both over HTTP, one request at a time on a connection that is kept, beside the same rows read bare. */
export async function benchServedChats(file: string, messages: number): Promise<Row[]> {
  const db = new Database(file, { readonly: true });
  const list = bareList(db)(chatQuery({}));
  const read = bareTranscript(db);
  const path = "/api/chat/threads";
  const rows = await withServer(file, async ({ url }) => {
    const get = (query: string) => async () => (await fetch(`${url}${path}${query}`)).arrayBuffer();
    const listed = await measure(300, get(`?project_id=${BENCH_PROJECT}&limit=${PAGE}`));
    const stretch = await measure(
      300,
      get(`/${LONG_THREAD}/messages?project_id=${BENCH_PROJECT}&limit=${PAGE}`),
    );
    return [
      timingRow(`GET ${path}, ${PAGE} chats`, listed, await measure(300, list)),
      timingRow(
        `GET …/messages, the last ${PAGE} of ${messages}`,
        stretch,
        await measure(300, () => read(messages - PAGE, PAGE)),
      ),
    ];
  });
  db.close();
  return rows;
}

/** Makes what reads the rows of a list and the counters bare. */
function bareList(db: Database.Database) {
  const counters = db.prepare(
    "SELECT sum(threads), sum(threads * archived), sum(messages), sum(tokens) FROM chat_count WHERE project = 1 AND project_type = 'general'",
  );
  return ({ limit, after }: ChatQuery, condition = "true") => {
    const statement = db.prepare(
      `SELECT thread.project, thread.thread_id, thread.created_at, thread.updated_at, total_tokens,
         project_type, archived, pinned, title, coalesce(readonly, 0), created_by, modified_by, coalesce(revision, 1),
         coalesce(tags, '[]'), coalesce(documents, '{}'), summary
       FROM thread INDEXED BY chat_by_activity LEFT JOIN chat ON chat.thread = thread.id
         LEFT JOIN transcript ON transcript.thread = thread.id AND transcript.source = thread.message_source
       WHERE thread.project = 1 AND project_type = 'general' AND listed IS NOT NULL AND ${condition}
         AND (active_at, thread.thread_id) < (?, ?)
       ORDER BY active_at DESC, thread.thread_id DESC LIMIT ?`,
    );
    const place = after ? [after.activeAt, after.threadId] : [Number.MAX_SAFE_INTEGER, ""];
    return () => {
      counters.get();
      return statement.all(...place, limit);
    };
  };
}

/** Makes what reads a stretch of the long transcript bare. */
function bareTranscript(db: Database.Database) {
  const thread = db
    .prepare("SELECT id FROM thread WHERE project = 1 AND thread_id = ?")
    .pluck()
    .get(LONG_THREAD);
  const statement = db.prepare(
    `SELECT message_id, role, created_at, text, json, agent, model, input_tokens, output_tokens, response_time_ms
     FROM message JOIN message_body ON message_body.message = message.id
     WHERE thread = ? AND source = 0 AND position >= ? AND position < ? ORDER BY position`,
  );
  return (start: number, limit: number) => statement.all(thread, start, start + limit);
}

function expectRows(read: number, expected: number): void {
  if (read !== expected) throw new Error(`read ${read} rows, the floor ${expected}`);
}

function chatQuery(given: Partial<ChatQuery>): ChatQuery {
  return {
    projectId: BENCH_PROJECT,
    projectType: "general",
    now: NOW,
    archived: null,
    pinned: null,
    tags: [],
    title: null,
    limit: PAGE,
    after: null,
    ...given,
  };
}

function messageQuery(given: Partial<MessageQuery>): MessageQuery {
  const key = { projectId: BENCH_PROJECT, threadId: LONG_THREAD, now: NOW };
  return { ...key, limit: PAGE, offset: 0, from: "oldest", cursor: null, ...given };
}
