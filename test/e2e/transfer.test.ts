import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { exportText } from "../../src/cli/transfer/export.ts";
import { importFile } from "../../src/cli/transfer/import.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { Store } from "../../src/store/store.ts";
import { span, threadQuery } from "../store/builders.ts";
import { makeKey } from "../store/make-key.ts";
import { readThreads } from "../store/reading.ts";
import { makeFolder, postJson, skein, startSkein } from "./harness.ts";

// Each test starts several processes, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const PROJECT = "ent/proj";

/** A folder that is removed when the test ends: a database file, and the paths of other files in it. */
async function folder() {
  const { db, remove } = await makeFolder();
  onTestFinished(remove);
  return { db, path: (name: string) => join(dirname(db), name) };
}

async function server(db: string) {
  const running = await startSkein(db);
  onTestFinished(() => running.kill());
  return running;
}

/** Runs a command to its end; returns what it says. */
async function succeed(...args: string[]): Promise<string> {
  const { code, errors } = await skein(...args).end();
  expect(errors).not.toContain("skein:");
  expect(code).toBe(0);
  return errors;
}

/** Runs a command that fails; returns its one line. */
async function fail(...args: string[]): Promise<string> {
  const { code, errors } = await skein(...args).end();
  expect(code).toBe(1);
  expect(errors).toMatch(/^skein: [^\n]+\n$/);
  return errors.slice("skein: ".length, -1);
}

/** Does something with the store of a file in this process. */
async function onStore<Result>(file: string, work: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openStore({ db: file, durability: "relaxed" });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** What an export of a database's project is. */
async function textOf(db: string, project: string): Promise<string> {
  return onStore(db, async (store) => (await Array.fromAsync(exportText(store, project, () => {}))).join(""));
}

async function importHere(db: string, file: string): Promise<number> {
  return onStore(db, (store) =>
    importFile(store, file, { onStored: () => {}, onLeftOut: (what) => expect.fail(what) }),
  );
}

/** Stores as many threads of one span each. */
async function fill(db: string, projectId: string, threads: number): Promise<void> {
  const spans = Array.from({ length: threads }, (_, index) =>
    span({ projectId, traceId: `${index}`, thread: `thread ${index}` }),
  );
  await onStore(db, (store) => store.writeSpans(spans));
}

async function threadsIn(db: string): Promise<string[]> {
  const query = threadQuery({ projectId: "default" });
  const rows = await onStore(db, (store) => readThreads(store, query));
  return rows.map((row) => JSON.stringify(row));
}

/** What of a backup is in the folder of a database. */
async function backupsBeside(db: string): Promise<string[]> {
  return (await readdir(dirname(db))).filter((name) => name.includes("backup"));
}

/** Sends something to a project through every door. */
async function useDoors(url: string): Promise<void> {
  await succeed("demo", "--url", url, "--conversations", "10", "--project", PROJECT);
  const threads = `${url}/p/${PROJECT}/threads`;
  const { thread_id } = JSON.parse(await postJson(threads, { metadata: { n: 1 }, ttl: { ttl: 60 } }));
  const messages = [{ role: "user", content: "é" }];
  await postJson(`${threads}/${thread_id}/state`, { values: { messages } });
  await postJson(`${threads}/${thread_id}/state`, { values: { "\u2028": "\n" } });
  const common = { project_id: PROJECT, op_name: "op", attributes: {}, inputs: { a: 1 } };
  const start = { ...common, id: "call", trace_id: "trace", started_at: "2026-01-01T00:00:00Z" };
  await postJson(`${url}/call/start`, { start });
  const chat = { threadId: "chat", initialMessage: "hello", settings: { temperature: 1e-7 } };
  await postJson(`${url}/p/${PROJECT}/api/chat/threads`, chat);
  await postJson(`${url}/obj/create`, { obj: { project_id: PROJECT, object_id: "o", val: { a: 1 } } });
  await postJson(`${url}/table/create`, { table: { project_id: PROJECT, rows: [{ a: 1 }, { a: 2 }] } });
  const form = new FormData();
  form.append("project_id", PROJECT);
  form.append("file", new Blob([new Uint8Array(600_000).fill(7)]), "file");
  expect((await fetch(`${url}/file/create`, { method: "POST", body: form })).status).toBe(200);
}

async function chatOf(url: string) {
  const list = await fetch(`${url}/p/${PROJECT}/api/chat/threads`);
  const { threads } = (await list.json()) as { threads: { threadId: string }[] };
  return threads.find(({ threadId }) => threadId === "chat");
}

describe("an export", () => {
  test("imported into a new file and exported again is the same, byte by byte", async () => {
    const { db, path } = await folder();
    const { url } = await server(db);
    await useDoors(url);
    await succeed("export", "--db", db, "--project", PROJECT, "--out", path("export"));
    const text = await readFile(path("export"), "utf8");
    const kinds = new Set([...text.matchAll(/^\{"kind":"(\w+)"/gm)].map(([, kind]) => kind));
    const written = [
      "span",
      "call",
      "feedback",
      "thread",
      "checkpoint",
      "message",
      "document",
      "object",
      "table",
      "file",
    ];
    expect([...kinds].toSorted()).toEqual(["project", ...written, "end"].toSorted());

    const copy = path("copy.db");
    expect(await succeed("import", path("export"), "--db", copy)).toMatch(/100% of .*export/);
    expect(await textOf(copy, PROJECT)).toBe(text);
    expect(await importHere(copy, path("export"))).toBe(text.split("\n").length - 3);
    expect(await textOf(copy, PROJECT)).toBe(text);
    expect(await chatOf(url)).toMatchObject({ messageCount: 1, settings: { temperature: 1e-7 } });
    const query = { project_id: PROJECT };
    const threads = await postJson(`${url}/threads/stream_query`, query);
    const copied = await server(copy);
    expect(await postJson(`${copied.url}/threads/stream_query`, query)).toBe(threads);
    expect(await chatOf(copied.url)).toEqual(await chatOf(url));
  });

  test("is of the default project to standard output, or of every project, or of one that is not there", async () => {
    const { db, path } = await folder();
    await fill(db, "default", 3);
    await fill(db, PROJECT, 2);
    const exporting = skein("export", "--db", db);
    const output: Buffer[] = [];
    exporting.child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
    expect(await exporting.end()).toMatchObject({ code: 0, errors: expect.stringContaining("3/3 entries") });
    expect(Buffer.concat(output).toString()).toBe(await textOf(db, "default"));

    await succeed("export", "--db", db, "--all-projects", "--out", path("all"));
    await succeed("export", "--db", db, "--project", "none", "--out", path("none"));
    const all = await readFile(path("all"), "utf8");
    expect(all).toBe((await textOf(db, "default")) + (await textOf(db, PROJECT)));
    await succeed("import", path("none"), path("all"), "--db", path("copy.db"));
    expect(await onStore(path("copy.db"), (store) => store.listProjects())).toEqual(["default", PROJECT]);
    expect(await textOf(path("copy.db"), PROJECT)).toBe(await textOf(db, PROJECT));
  });

  test("is of one moment while a server writes, and so is a backup", async () => {
    const { db, path } = await folder();
    await fill(db, "default", 500);
    const { url } = await server(db);
    await Promise.all([
      succeed("demo", "--url", url, "--conversations", "60"),
      succeed("backup", path("backup.db"), "--db", db),
      succeed("export", "--db", db, "--out", path("export")),
    ]);
    await importHere(path("copy.db"), path("export"));
    expect(await textOf(path("copy.db"), "default")).toBe(await readFile(path("export"), "utf8"));
    const all = new Set(await threadsIn(db));
    expect(all.size).toBe(560);
    for (const file of [path("copy.db"), path("backup.db")]) {
      const database = new Database(file, { readonly: true });
      expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
      database.close();
      const threads = await threadsIn(file);
      expect(threads.length).toBeGreaterThanOrEqual(500);
      // A conversation of the demo comes in one piece and never changes: it is there as it is, or not at all.
      expect(threads.filter((thread) => !all.has(thread))).toEqual([]);
    }
  });

  test("that cannot be made is one line, and leaves no file", async () => {
    const { db, path } = await folder();
    await fill(db, "default", 1);
    await writeFile(path("diary"), "Dear diary, ".repeat(1000));
    await writeFile(path("mine"), "mine");
    const [missing, foreign, taken, nowhere] = await Promise.all([
      fail("export", "--db", path("none")),
      fail("export", "--db", path("diary"), "--out", path("out")),
      fail("export", "--db", db, "--out", path("mine")),
      fail("export", "--db", db, "--out", path("no/where")),
    ]);
    expect(missing).toBe(`there is no file ${path("none")}`);
    expect(foreign).toContain("not a SQLite database");
    expect(existsSync(path("out"))).toBe(false);
    expect(taken).toBe(`${path("mine")} is there already`);
    expect(await readFile(path("mine"), "utf8")).toBe("mine");
    expect(nowhere).toContain("ENOENT");
  });
});

describe("an import", () => {
  /** An export of a few thousand entries, and a file to import it into. */
  async function largeExport() {
    const { db, path } = await folder();
    await fill(db, "default", 4_000);
    const text = await textOf(db, "default");
    await writeFile(path("export"), text);
    return { file: path("export"), text, copy: path("copy.db"), path };
  }

  /** Finishes an import that stored a part of an export. */
  async function finish(copy: string, file: string, text: string): Promise<void> {
    const part = (await textOf(copy, "default")).split("\n").length;
    expect(part).toBeGreaterThan(200);
    expect(part).toBeLessThan(text.split("\n").length);
    await importHere(copy, file);
    expect(await textOf(copy, "default")).toBe(text);
  }

  test("that is killed is finished by another", async () => {
    const { copy, file, text } = await largeExport();
    const importing = skein("import", file, "--db", copy);
    await importing.logged(/%/);
    importing.child.kill("SIGKILL");
    expect((await importing.end()).code).toBeNull();
    await finish(copy, file, text);
  });

  test("that is interrupted says so, and is finished by another", async () => {
    const { copy, file, text } = await largeExport();
    const importing = skein("import", file, "--db", copy);
    await importing.logged(/%/);
    importing.child.kill("SIGINT");
    const { code, errors } = await importing.end();
    expect([code, errors]).toEqual([1, expect.stringMatching(/skein: interrupted\n$/)]);
    await finish(copy, file, text);
  });

  test("of a file that is cut off stores what is there, and says so", async () => {
    const { copy, file, text, path } = await largeExport();
    await writeFile(path("cut"), text.slice(0, text.length / 2));
    const { code, errors } = await skein("import", path("cut"), "--db", copy).end();
    const line = /\nskein: .*cut:\d+: the file is cut off in this line: the export is not whole\n$/;
    expect([code, errors]).toEqual([1, expect.stringMatching(line)]);
    await finish(copy, file, text);
  });

  test("goes into a file that a server serves and writes to", async () => {
    const { copy, file } = await largeExport();
    const { url } = await server(copy);
    await Promise.all([
      succeed("import", file, "--db", copy),
      succeed("demo", "--url", url, "--conversations", "60"),
    ]);
    const threads = await postJson(`${url}/threads/stream_query`, { project_id: "default" });
    expect(threads.trimEnd().split("\n")).toHaveLength(4_060);
  });

  test("of what is no export is one line that names it", async () => {
    const { db, path } = await folder();
    await writeFile(path("diary"), "Dear diary,\n");
    const header = '{"kind":"project","format":"skein-export","version":1,"project":"p"}';
    const lost =
      '{"kind":"message","threadId":"lost","messageId":"1","role":"user","createdAt":0,"text":"","json":"{}",';
    const rest = '"agent":null,"model":null,"inputTokens":null,"outputTokens":null,"responseTimeMs":null}';
    await writeFile(path("lost"), [header, lost + rest, '{"kind":"end","entries":1}', ""].join("\n"));
    const [missing, foreign, broken] = await Promise.all([
      fail("import", path("none"), "--db", path("new.db")),
      fail("import", path("diary"), "--db", db),
      fail("import", path("lost"), "--db", db),
    ]);
    expect(missing).toBe(`there is no file ${path("none")}`);
    expect(existsSync(path("new.db"))).toBe(false);
    expect(foreign).toMatch(/diary:1: this is no export: /);
    expect(broken).toMatch(/lost: in lines 2 to 2: Thread with ID lost not found$/);
  });
});

describe("a backup", () => {
  test("has all projects and the keys, and is a database as the other is", async () => {
    const { db, path } = await folder();
    await fill(db, "default", 3);
    await fill(db, PROJECT, 3);
    await onStore(db, (store) => makeKey(store));
    expect(await succeed("backup", path("backup.db"), "--db", db)).toContain("100% of the database");
    for (const project of ["default", PROJECT]) {
      expect(await textOf(path("backup.db"), project)).toBe(await textOf(db, project));
    }
    expect(await onStore(path("backup.db"), (store) => store.hasKeys())).toBe(true);
  });

  test("overwrites nothing, and leaves nothing where it fails", async () => {
    const { db, path } = await folder();
    await fill(db, "default", 1);
    await writeFile(path("mine"), "mine");
    const [missing, taken, nowhere, foreign] = await Promise.all([
      fail("backup", path("backup-1.db"), "--db", path("none")),
      fail("backup", path("mine"), "--db", db),
      fail("backup", path("no/where"), "--db", db),
      fail("backup", path("backup-2.db"), "--db", path("mine")),
    ]);
    expect(missing).toBe(`there is no file ${path("none")}`);
    expect(taken).toBe(`${path("mine")} is there already`);
    expect(await readFile(path("mine"), "utf8")).toBe("mine");
    expect(nowhere).toContain("directory does not exist");
    expect(foreign).toContain("database");
    expect(await backupsBeside(db)).toEqual([]);
  });

  test("that is interrupted leaves nothing", async () => {
    const { db, path } = await folder();
    await fill(db, "default", 1);
    const database = new Database(db);
    database.exec("CREATE TABLE filler AS SELECT zeroblob(300000000) AS bytes");
    database.close();
    const running = skein("backup", path("backup.db"), "--db", db);
    await running.logged(/%/);
    running.child.kill("SIGTERM");
    const { code, errors } = await running.end();
    expect([code, errors]).toEqual([1, expect.stringMatching(/skein: interrupted\n$/)]);
    expect(await backupsBeside(db)).toEqual([]);
  });
});
