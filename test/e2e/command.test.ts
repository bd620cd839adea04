import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ConversationSpans, SpanStatus, SpanView } from "../../gen/skein/v1/span_pb.ts";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import { skipMissing } from "../setup/skip-missing.ts";
import { jsonLines, makeFolder, postJson, skein, startSkein } from "./harness.ts";

/** A folder that is removed when the test ends. */
async function folder() {
  const made = await makeFolder();
  onTestFinished(made.remove);
  return made;
}

/** A server that is stopped when the test ends. */
async function server(db: string) {
  const running = await startSkein(db);
  onTestFinished(() => running.kill());
  return running;
}

interface Row {
  thread_id: string;
  turn_count: number;
}

async function threadsOf(url: string, project_id: string): Promise<Row[]> {
  return jsonLines(await postJson(`${url}/threads/stream_query`, { project_id })) as Row[];
}

describe("an empty store", () => {
  test("greets with a command that works when it is copied", async ({ skip }) => {
    const { db } = await folder();
    const { url, line } = await server(db);
    const command = await line(/^ +curl /);
    try {
      await promisify(execFile)("sh", ["-c", `${command.trim()} --silent --show-error --fail`]);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 127) throw error;
      skipMissing(skip, "there is no curl here");
    }
    expect(await threadsOf(url, "default")).toMatchObject([{ thread_id: "hello", turn_count: 1 }]);
  });

  test("is not empty any more for the next start, which keeps what was stored and does not greet", async () => {
    const { db } = await folder();
    const first = await server(db);
    expect(await skein("demo", "--url", first.url, "--conversations", "1").end()).toMatchObject({ code: 0 });
    const before = await threadsOf(first.url, "default");
    expect(before).toHaveLength(1);
    expect(await first.stop()).toBe(0);

    const second = await server(db);
    expect(await threadsOf(second.url, "default")).toEqual(before);
    expect(await second.stop()).toBe(0);
    await expect(second.line(/curl/)).rejects.toThrow("no line matched");
  });
});

describe("skein demo", () => {
  /** Sends a demo and returns what it says. */
  async function demo(url: string, ...args: string[]): Promise<string> {
    const { code, errors } = await skein("demo", "--url", url, "--conversations", "20", ...args).end();
    expect(errors).not.toContain("skein:");
    expect(code).toBe(0);
    return errors;
  }

  async function conversationsOf(url: string, projectId: string): Promise<ConversationSpans[]> {
    const conversationIds = (await threadsOf(url, projectId)).map(({ thread_id }) => thread_id);
    const client = createClient(ThreadService, createGrpcTransport({ baseUrl: url }));
    return (await client.spans({ projectId, conversationIds, view: SpanView.MESSAGES })).conversations;
  }

  test("fills the default project, shows its progress, and adds more each time", async () => {
    const { db } = await folder();
    const { url } = await server(db);
    expect(await demo(url)).toContain("20/20 conversations");
    const conversations = await conversationsOf(url, "default");
    expect(conversations).toHaveLength(20);
    for (const { spans } of conversations) {
      const agents = spans.filter((span) => span.operationName === "invoke_agent");
      expect(agents.length).toBeGreaterThan(0);
      for (const span of spans) {
        expect(agents.map(({ spanId }) => spanId)).toContain(span.turnId);
        expect([SpanStatus.OK, SpanStatus.ERROR]).toContain(span.status);
      }
      for (const { agentName, messages } of agents) {
        expect(agentName).not.toBe("");
        expect(messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
      }
    }
    expect(await demo(url)).toContain("20/20 conversations");
    expect(await threadsOf(url, "default")).toHaveLength(40);
  });

  test("keeps the path of the server's URL", async () => {
    const { db } = await folder();
    const { url } = await server(db);
    await demo(`${url}/p/my-team/my-app/`, "--project", "my-team/my-app");
    expect(await threadsOf(url, "my-team/my-app")).toHaveLength(20);
    const { code, errors } = await skein("demo", "--url", `${url}/nowhere`, "--conversations", "1").end();
    expect(code).toBe(1);
    expect(errors).toContain(`${url}/nowhere/v1/traces answered 404`);
  });

  test.each(["default", "a/b", "my team/été"])(
    "gives feedback that shows in the project %s",
    async (project) => {
      const { db } = await folder();
      const { url } = await server(db);
      // Who gets feedback is drawn by lot; by now it is all but sure that someone has.
      await demo(url, "--conversations", "60", "--project", project);
      const feedback = (await conversationsOf(url, project)).flatMap(({ spansFeedback }) => spansFeedback);
      expect(feedback.map(({ feedbackType }) => feedbackType)).toContain("wandb.agent_user_feedback");
      expect(feedback.map(({ feedbackType }) => feedbackType)).toContain("wandb.agent_monitor");
    },
  );

  test("without a server is one line and exit code 1", async () => {
    const { db } = await folder();
    const { url, stop } = await server(db);
    await stop();
    const { code, errors } = await skein("demo", "--url", url, "--conversations", "1").end();
    expect(errors).toBe(`skein: cannot reach ${url}: is Skein running there? (npm start)\n`);
    expect(code).toBe(1);
  });
});

describe("a database that cannot be opened is one line and exit code 1", () => {
  async function startOn(db: string) {
    const { code, errors } = await skein("serve", "--port", "0", "--db", db).end();
    expect(errors).toMatch(/^skein: [^\n]+\n$/);
    expect(code).toBe(1);
    return errors;
  }

  /** A database that these statements make. */
  async function databaseOf(sql: string): Promise<string> {
    const { db } = await folder();
    const database = new Database(db);
    database.exec(sql);
    database.close();
    return db;
  }

  test("of a newer version", async () => {
    const { db } = await folder();
    expect(await (await server(db)).stop()).toBe(0);
    const database = new Database(db);
    database.pragma("user_version = 999");
    database.close();
    expect(await startOn(db)).toContain("newer version");
  });

  test("of another program", async () => {
    const db = await databaseOf("CREATE TABLE customer (name TEXT)");
    expect(await startOn(db)).toContain("another program");
    const database = new Database(db, { readonly: true });
    expect(database.prepare("SELECT name FROM sqlite_schema").pluck().all()).toEqual(["customer"]);
    database.close();
  });

  test("that is none", async () => {
    const { db } = await folder();
    await writeFile(db, "Dear diary, ".repeat(1000));
    expect(await startOn(db)).toContain("not a SQLite database");
  });

  test("below a file that is no folder", async () => {
    const { db } = await folder();
    await writeFile(db, "");
    expect(await startOn(`${db}/skein.db`)).toContain(db);
  });

  test("that is a folder", async () => {
    const { db } = await folder();
    expect(await startOn(`${db}/..`)).toContain("cannot open");
  });
});

test("two servers on one port: the second says so and leaves the file as it is", async () => {
  const { db } = await folder();
  const { url, port } = await server(db);
  const { code, errors } = await skein("serve", "--port", String(port), "--db", db, "--shared").end();
  expect(errors).toMatch(new RegExp(`^skein: port ${port} [^\n]+\n$`));
  expect(code).toBe(1);
  expect(await threadsOf(url, "default")).toEqual([]);
});
