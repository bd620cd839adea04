import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import type { Door } from "../../../../src/api/door.ts";
import { weaveDoor } from "../../../../src/api/weave/door.ts";
import { start } from "../../../server/harness.ts";
import { openTemporaryStore } from "../../../store/sqlite/open-store.ts";

const execute = promisify(execFile);

interface Half {
  mode: string;
  req: Record<string, { id: string; op_name?: string; exception?: string; output?: unknown }>;
}

/** Takes what the client sends of calls, as the client must see it taken. */
function callCollector(halves: Half[]): Door {
  return {
    http(app) {
      app.post("/call/upsert_batch", async ({ body }) => {
        const { batch } = body as { batch: Half[] };
        halves.push(...batch);
        return { res: batch.map(() => ({})) };
      });
    },
  };
}

test("a program that uses Weave's own package runs with nothing changed but its variables", async () => {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const home = await mkdtemp(join(tmpdir(), "skein-sdk-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const halves: Half[] = [];
  const { url } = await start({ doors: [weaveDoor, callCollector(halves)], store });

  // A program that ends with another code than 0 fails here, with what it wrote.
  const { stdout } = await execute(process.execPath, [join(import.meta.dirname, "program.ts")], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, WF_TRACE_SERVER_URL: url, WANDB_API_KEY: "a-key" },
    timeout: 60_000,
  });
  const said = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);

  expect(said.answers.filter((answer: string) => !answer.endsWith(" 200"))).toEqual([]);
  expect(new Set(said.answers)).toEqual(
    new Set([
      "GET /health 200",
      "POST /table/create 200",
      "POST /table/query 200",
      "POST /obj/create 200",
      "POST /obj/read 200",
      "POST /refs/read_batch 200",
      "POST /file/create 200",
      "POST /call/upsert_batch 200",
      "POST /objs/query 200",
    ]),
  );
  expect(said.readRows).toEqual([
    { id: "0", sentence: "He no like ice cream.", score: 0.5 },
    { id: "1", sentence: "She goed.", score: 12 },
  ]);
  expect(said.resolved).toEqual([{ id: "1", sentence: "She goed.", score: 12 }]);
  expect(said.readSettings).toEqual({ temperature: 0.25, tags: ["a", "é😀"] });
  expect(said.prompt).toBe("Hello Ada");
  expect(said.results).toEqual([41, [1, 2, 3], "as it should", "0"]);
  expect(said.ops).toEqual(["countTo", "double", "fail", "grade", "plus"]);

  const started = halves.filter(({ mode }) => mode === "start").map(({ req }) => req.start!);
  const ended = halves.filter(({ mode }) => mode === "end").map(({ req }) => req.end!);
  expect(started.map(({ op_name }) => op_name?.replace(/^.*\/op\/(\w+):.*$/, "$1")).toSorted()).toEqual(
    said.ops,
  );
  expect(new Set(ended.map(({ id }) => id))).toEqual(new Set(started.map(({ id }) => id)));
  expect(ended.flatMap(({ exception }) => exception ?? [])).toEqual(["as it should"]);
});
