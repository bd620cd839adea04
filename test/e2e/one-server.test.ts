import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type RunningProcess, urlPattern } from "../server/process.ts";
import { makeFolder, type SkeinProcess, skein, startSkein } from "./harness.ts";

async function newFile(): Promise<string> {
  const { db, remove } = await makeFolder();
  onTestFinished(remove);
  return db;
}

/** A server that is stopped when the test ends. */
async function server(db: string, ...args: string[]): Promise<SkeinProcess> {
  const running = await startSkein(db, ...args);
  onTestFinished(() => running.kill());
  return running;
}

/** One that finds the file served and waits. */
async function waitingServer(db: string): Promise<RunningProcess> {
  const running = skein("serve", "--port", "0", "--db", db, "--log-level", "info");
  onTestFinished(() => void running.child.kill("SIGKILL"));
  await running.logged(/waits for process/);
  return running;
}

async function isWell({ url }: { url: string }): Promise<boolean> {
  return (await fetch(`${url}/health`)).ok;
}

test("a second server on a file ends with one line that names the first, by whichever path it comes", async () => {
  const db = await newFile();
  const first = await server(db);
  const link = join(dirname(db), "link.db");
  symlinkSync(db, link);
  const seconds = [db, link].map((path) => skein("serve", "--port", "0", "--db", path).end());
  for (const { code, errors } of await Promise.all(seconds)) {
    expect(errors).toMatch(/^skein: [^\n]+\n$/);
    expect(errors).toContain(`is served by process ${first.child.pid} (started 20`);
    expect(errors).toContain(`, ${first.url}); --shared`);
    expect(code).toBe(1);
  }
  expect(await isWell(first)).toBe(true);
}, 60_000);

test("a second server waits for one that stops", async () => {
  const db = await newFile();
  const first = await server(db);
  const second = await waitingServer(db);
  expect(await first.stop()).toBe(0);
  const [, url = ""] = urlPattern.exec(await second.line(/./)) ?? [];
  expect(await isWell({ url })).toBe(true);
});

test("a second server that waits can be told to stop", async () => {
  const db = await newFile();
  await server(db);
  const second = await waitingServer(db);
  second.child.kill("SIGTERM");
  expect((await second.end()).code).toBe(0);
});

test("a server that was killed leaves the file to the next", async () => {
  const db = await newFile();
  await (await server(db)).kill();
  expect(await isWell(await server(db))).toBe(true);
});

test("servers that are to share a file do", async () => {
  const db = await newFile();
  const all = [await server(db), await server(db, "--shared"), await server(db, "--shared")];
  for (const each of all) expect(await isWell(each)).toBe(true);
});

test("a file that cannot be held is one line and exit code 1", async () => {
  const db = await newFile();
  mkdirSync(`${db}-server`);
  const { code, errors } = await skein("serve", "--port", "0", "--db", db).end();
  expect(errors).toMatch(/^skein: cannot open \S+skein\.db-server: [^\n]+\n$/);
  expect(code).toBe(1);
});
