import { describe, expect, test } from "vitest";
import { runBench, type TableRow } from "./run-bench.ts";

/** What a table is to hold. */
interface Expected {
  /** What its first line is of. */
  first: string;
  rows: number;
  /** What may be zero or less: growth, and what held a loop for no time that shows. Other figures are more. */
  slack?: RegExp;
}

const SHARE = ["--share", "0.01"];
const SLACK = /held|memory|growth|connections|peak over|beside its p99/;

// Processes, most of which wait for one another.
describe.concurrent("at toy size", { timeout: 480_000 }, () => {
  test("bench:store prints its tables", async () => {
    const tables = await runBench("store", "--threads", "60", "--turns", "300", "--long", "30", ...SHARE);
    expectTables(tables, [
      { first: "50 threads by thread_id desc", rows: 12 },
      { first: "all 60 threads, streamed", rows: 2 },
      { first: "one more turn for 30, each turn a trace of its own", rows: 2 },
      { first: "all 60 threads as lines: time", rows: 20, slack: SLACK },
      { first: "the spans of 60 conversations: time", rows: 4, slack: SLACK },
      { first: "nothing", rows: 17, slack: /./ },
      { first: "GET /health: p99, at rest", rows: 15, slack: SLACK },
    ]);
  });

  test("bench:ingest prints its tables", async () => {
    const toy = ["--turns", "4", "--seconds", "0.1", "--rounds", "1", "--minutes", "0.002"];
    expectTables(await runBench("ingest", ...toy, ...SHARE), [
      { first: "calls, 4 senders, 20 a body", rows: 4 },
      { first: "a page of 50 threads during calls: p99", rows: 12, slack: SLACK },
      { first: "peak memory up to 0.00 min", rows: 11, slack: SLACK },
    ]);
  });

  test("bench:chat prints its tables", async () => {
    expectTables(await runBench("chat", "--threads", "100", "--messages", "200", ...SHARE), [
      { first: "50 chats, the latest", rows: 6 },
      { first: "50 of 200 messages: the first, forwards", rows: 7 },
      { first: "GET /api/chat/threads, 50 chats", rows: 2 },
    ]);
  });

  test("bench:search prints its tables, its rival left out", async () => {
    const toy = ["--threads", "800", "--served", "100", "--no-rival"];
    const tables = await runBench("search", ...toy, ...SHARE);
    expectTables(tables, [
      { first: "metadata of a user", rows: 20 },
      { first: "GET /health at rest: p99", rows: 3, slack: SLACK },
      { first: "metadata of a user", rows: 6 },
    ]);
    for (const { total } of tables[0]!) expect(Number(total)).toBeGreaterThan(0);
    for (const { rival } of tables[2]!) expect(rival).toBe("left out");
  });

  test("bench:bodies prints its tables", async () => {
    expectTables(await runBench("large", "--sizes", "0.05", "0.1", "--rounds", "1", ...SHARE), [
      { first: "LangGraph, a thread's metadata", rows: 12, slack: /./ },
      { first: "LangGraph, a thread's metadata", rows: 12, slack: /./ },
    ]);
  });

  test("bench:against prints a line for each measure of the last commit", async () => {
    const toy = ["HEAD", "--pairs", "2", "--threads", "20"];
    const [lines = [], ...others] = await runBench("against", ...toy, ...SHARE);
    expect(others).toEqual([]);
    expect(lines.filter(({ bound }) => bound === "0.90")).toHaveLength(7);
    expect(lines.filter(({ bound }) => bound === "0.95")).toHaveLength(22);
    for (const { what, ours, theirs, speed, verdict, ...more } of lines) {
      const figures = [ours, theirs, speed, more["by CPU"]].map((cell) => Number.parseFloat(cell ?? ""));
      expect(Math.min(...figures), what).toBeGreaterThan(0);
      expect(verdict).toBe("too few pairs");
    }
  });
});

function expectTables(tables: TableRow[][], expected: Expected[]): void {
  const shapes = tables.map((rows) => ({ first: rows[0]?.what, rows: rows.length }));
  expect(shapes).toEqual(expected.map(({ first, rows }) => ({ first, rows })));
  for (const [index, rows] of tables.entries()) {
    for (const row of rows) expectFigures(row, expected[index]!.slack);
  }
}

/** Whatever a line says it measured is a number. */
function expectFigures({ what = "", ...cells }: TableRow, slack?: RegExp): void {
  const line = `${what}: ${Object.values(cells).join(" ")}`;
  expect(line).not.toMatch(/NaN|Infinity|undefined/);
  const figure = Number.parseFloat(cells.measured ?? cells.skein ?? "");
  expect(figure, line).toBeGreaterThan(slack?.test(what) ? Number.NEGATIVE_INFINITY : 0);
}
