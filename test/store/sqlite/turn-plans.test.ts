import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { messagePages } from "../../../src/store/sqlite/reads/chats/message-query.ts";
import { turnPages } from "../../../src/store/sqlite/reads/turns/turn-query.ts";
import { createSpanWrites } from "../../../src/store/sqlite/writes/spans/write-spans.ts";
import { span } from "../builders.ts";
import { messageQuery, turnQuery } from "../chat-builders.ts";
import { openTemporaryStore, type TemporaryStore } from "../temporary-store.ts";

let temporary: TemporaryStore;

const says = (role: "user" | "assistant", text: string) => ({ role, text, json: JSON.stringify({ text }) });
const turn = (number: number) =>
  span({
    traceId: `trace ${number}`,
    spanId: `turn ${number}`,
    thread: "thread",
    startedAt: 1_000 * number,
    messages: [says("user", `${number}?`), says("assistant", `${number}!`)],
    agentName: "helper",
    model: "gpt",
  });

beforeAll(async () => {
  temporary = await openTemporaryStore();
  await temporary.store.writeSpans(Array.from({ length: 500 }, (_, number) => turn(number)));
});
afterAll(() => temporary.close());

/** The statements that something ran on a connection, and the plan of each. */
function ran(work: (db: Database.Database) => void) {
  const statements: string[] = [];
  const db = new Database(temporary.file, { verbose: (sql) => statements.push(String(sql)) });
  try {
    work(db);
    const all = statements.filter((sql) => !/^(BEGIN|ROLLBACK|COMMIT)/.test(sql));
    const plans = all.flatMap((sql) => db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all());
    return { statements: all, plans: plans.map(({ detail }) => detail) };
  } finally {
    db.close();
  }
}

/** A walk over a whole table, or a sort of more than turns alike in all but their traces. */
const SLOW = /SCAN (?!json_each|CONSTANT|chosen|\(subquery)|TEMP B-TREE (?!FOR LAST TERM)/;

const bodiesIn = (statements: string[]) =>
  statements.filter((sql) => /JOIN span_message|FROM span_message/.test(sql));

describe("a page of the messages of turns", () => {
  const place = [300_000, "turn 300", "trace 300", 1];
  it.each([
    { from: "newest" as const },
    { from: "newest" as const, offset: 600 },
    { from: "oldest" as const, offset: 600 },
    { from: "newest" as const, cursor: place },
    { from: "oldest" as const, cursor: place },
  ])("asked for with %j walks an index to it, and reads what it returns", (given) => {
    const { statements, plans } = ran((db) => {
      for (const _batch of messagePages(db, messageQuery({ limit: 5, ...given })));
    });
    expect(plans.filter((plan) => SLOW.test(plan))).toEqual([]);
    expect(bodiesIn(statements)).toHaveLength(5);
    expect(plans.filter((plan) => /turn_by_saying/.test(plan))).toEqual([
      expect.stringMatching(/^SEARCH turn_summary USING COVERING INDEX turn_by_saying \(thread=\?/),
    ]);
  });
});

it.each([
  { from: "newest" as const },
  { from: "oldest" as const, cursor: [300_000, "turn 300", "trace 300"] },
])("a page of turns asked for with %j walks an index to it, and reads what it returns", (given) => {
  const { statements, plans } = ran((db) => {
    for (const _batch of turnPages(db, turnQuery({ limit: 5, ...given })));
  });
  expect(plans.filter((plan) => SLOW.test(plan))).toEqual([]);
  expect(statements.filter((sql) => sql.includes("JOIN turn_summary"))).toHaveLength(5);
  expect(plans.some((plan) => /^SEARCH turn USING INDEX turn_by_start \(thread=\?/.test(plan))).toBe(true);
});

it.each([
  ["at its end", turn(1_000)],
  ["in between", { ...turn(250), traceId: "another" }],
  ["that was there", { ...turn(250), endedAt: 900_000 }],
])("one more turn %s costs a thread no walk over the others", (_, written) => {
  const { statements, plans } = ran((db) => {
    db.exec("BEGIN");
    createSpanWrites(db)([written]);
    db.exec("ROLLBACK");
  });
  expect(plans.filter((plan) => SLOW.test(plan))).toEqual([]);
  expect(statements.length).toBeLessThan(60);
});
