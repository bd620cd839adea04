import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openLog } from "../../src/server/log.ts";
import { rpcDoor, start } from "./harness.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A log with the entries that are written to it. */
function open() {
  const entries: { level: number; msg: string; err?: { stack: string }; error?: string }[] = [];
  const log = openLog({ logLevel: "debug" }, { write: (line) => entries.push(JSON.parse(line)) });
  return { ...log, entries, messages: () => entries.map(({ msg }) => msg) };
}

function fail(message: string, code?: string): Error {
  return Object.assign(new Error(message), { code });
}

test("the first entry of a kind is written as it is, and of the rest their number, each minute", () => {
  const { logger, entries, messages } = open();
  for (let at = 0; at < 4313; at++) logger.error({ err: fail(`cannot open file ${at}`) }, "RPC failed");
  expect(messages()).toEqual(["RPC failed"]);
  expect(entries[0]?.err?.stack).toContain("log-limit.test.ts");
  vi.advanceTimersByTime(60_000);
  expect(messages()).toEqual(["RPC failed", "RPC failed … and 4312 more of this kind"]);
  expect(entries[1]).toMatchObject({ level: 50, error: "Error: cannot open file 0" });
  expect(entries[1]).not.toHaveProperty("err");
});

test("after a quiet minute the next entry is a first one", () => {
  const { logger, messages } = open();
  const log = (count: number) => {
    for (let at = 0; at < count; at++) logger.error({ err: fail("no") }, "RPC failed");
  };
  log(2);
  vi.advanceTimersByTime(60_000);
  log(2);
  vi.advanceTimersByTime(120_000);
  log(1);
  expect(messages()).toEqual([
    "RPC failed",
    "RPC failed … and 1 more of this kind",
    "RPC failed … and 2 more of this kind",
    "RPC failed",
  ]);
});

test("kinds differ by what is said, the procedure, the class, the code and the place", () => {
  const { logger, messages } = open();
  const err = fail("no");
  logger.error({ err }, "RPC failed");
  logger.error({ err, procedure: "Spans" }, "RPC failed");
  logger.error({ err: Object.assign(err, { code: "EMFILE" }) }, "RPC failed");
  logger.error({ err: new TypeError("no") }, "RPC failed");
  logger.error({ err: new TypeError("no") }, "RPC failed");
  logger.warn({ err: new TypeError("no") }, "request failed");
  expect(messages()).toHaveLength(6);
});

test("there are only so many kinds", () => {
  const { logger, messages, close } = open();
  for (let at = 0; at < 1000; at++) logger.error(`failure ${at}`);
  expect(messages().length).toBeLessThan(110);
  close();
  expect(messages().at(-1)).toMatch(/^… and 8\d\d more of other kinds$/);
});

test("children share their parent's limit; what is asked for or ends the process is not limited", () => {
  const { logger, messages } = open();
  const child = logger.child({ reqId: 1 });
  for (const each of [logger, child, child]) {
    each.error("failed");
    each.info("listening");
    each.fatal("ending");
  }
  expect(messages().filter((message) => message === "failed")).toHaveLength(1);
  expect(messages()).toHaveLength(7);
});

test("a server that ends tells what it left out", async () => {
  vi.useRealTimers();
  const door = rpcDoor({
    spans() {
      throw new Error("too many open files");
    },
  });
  const { url, log, close } = await start({ doors: [door] });
  for (let at = 0; at < 5; at++) {
    const headers = { "content-type": "application/json" };
    await fetch(`${url}/skein.v1.ThreadService/Spans`, { method: "POST", headers, body: "{}" });
  }
  await close();
  const errors = log.map((line) => JSON.parse(line)).filter(({ level }) => level >= 40);
  expect(errors.map(({ msg }) => msg)).toEqual(["RPC failed", "RPC failed … and 4 more of this kind"]);
});
