import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_APPENDED_MESSAGES } from "../../../src/model/transcripts/message.ts";
import { chatPages } from "../../../src/store/sqlite/reads/chats/chat-query.ts";
import { messagePages } from "../../../src/store/sqlite/reads/chats/message-query.ts";
import { NOW } from "../builders.ts";
import { append, chatDraft, chatQuery, message, messageQuery } from "../chat-builders.ts";
import { openTemporaryStore, type TemporaryStore } from "../temporary-store.ts";

let temporary: TemporaryStore;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const { store } = temporary;
  await Promise.all(
    Array.from({ length: 300 }, (_, i) =>
      store.createChat(chatDraft({ threadId: `thread ${i}`, now: NOW - i })),
    ),
  );
  await store.createChat(chatDraft());
  for (let start = 0; start < 500; start += MAX_APPENDED_MESSAGES) {
    const ids = Array.from({ length: MAX_APPENDED_MESSAGES }, (_, i) => `m${start + i}`);
    await store.appendMessages(append(ids.map((messageId) => message({ messageId }))));
  }
});
afterAll(() => temporary.close());

/** The statements that a read ran, and the plan of each. */
function ran(read: (db: Database.Database) => Iterable<unknown>) {
  const statements: string[] = [];
  const db = new Database(temporary.file, { readonly: true, verbose: (sql) => statements.push(String(sql)) });
  try {
    for (const _batch of read(db));
    const all = [...statements];
    const plans = all.flatMap((sql) => db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all());
    return { statements: all, plans: plans.map(({ detail }) => detail) };
  } finally {
    db.close();
  }
}

/** A walk over a whole table, or a sort. */
const SLOW = /SCAN (?!json_each)|TEMP B-TREE/;

describe("a page of chats", () => {
  const place = { activeAt: NOW - 50, threadId: "thread 50" };
  it.each([
    {},
    { after: place },
    { archived: false },
    { pinned: true },
    { tags: ["x"] },
    { title: "t", after: place },
    { now: NOW + 1 },
  ])("asked for with %j walks the index of its order", (given) => {
    const { plans } = ran((db) => chatPages(db, chatQuery({ limit: 20, ...given })));
    expect(plans.filter((plan) => SLOW.test(plan))).toEqual([]);
    expect(plans.some((plan) => /INDEX chat_by_activity \(project=\? AND project_type=\?/.test(plan))).toBe(
      true,
    );
    expect(plans.some((plan) => /\bmessage(_body)?\b/.test(plan))).toBe(false);
  });

  it("counts totals in the counters", () => {
    const { plans } = ran((db) => chatPages(db, chatQuery({ limit: 1 })));
    expect(plans.some((plan) => /SEARCH chat_count USING PRIMARY KEY/.test(plan))).toBe(true);
    expect(plans.some((plan) => /SEARCH thread USING INDEX thread_by_end/.test(plan))).toBe(true);
  });
});

describe("a page of messages", () => {
  it.each([
    { from: "newest" as const },
    { from: "newest" as const, offset: 450 },
    { from: "oldest" as const, offset: 450 },
    { from: "newest" as const, cursor: [300] },
  ])("asked for with %j reads as many rows as it returns", (given) => {
    const { statements, plans } = ran((db) => messagePages(db, messageQuery({ limit: 5, ...given })));
    expect(plans.filter((plan) => SLOW.test(plan))).toEqual([]);
    const stretches = statements
      .filter((sql) => sql.includes("message_body"))
      .map((sql) => /position >= \+?(\d+)\S* AND position < \+?(\d+)/.exec(sql)!.slice(1).map(Number));
    expect(stretches.map(([start, end]) => end! - start!)).toEqual([5, 5]);
    expect(plans).toContain(
      "SEARCH message USING INDEX message_by_position (thread=? AND source=? AND position>? AND position<?)",
    );
  });
});
