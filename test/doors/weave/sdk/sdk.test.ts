import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { weaveDoor } from "../../../../src/doors/weave/door.ts";
import { jsonLines, postJson } from "../../../e2e/harness.ts";
import { start } from "../../../server/harness.ts";
import { openTemporaryStore } from "../../../store/temporary-store.ts";

const execute = promisify(execFile);

interface Call {
  id: string;
  op_name: string;
  trace_id: string;
  parent_id: string | null;
  ended_at: string | null;
  exception: string | null;
  output: unknown;
}

test("a program that uses Weave's own package runs with nothing changed but its variables", async () => {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const home = await mkdtemp(join(tmpdir(), "skein-sdk-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const { url } = await start({ doors: [weaveDoor], store });

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
      "POST /calls/stream_query 200",
      "POST /objs/query 200",
      "POST /feedback/create 200",
      "POST /feedback/query 200",
      "POST /feedback/purge 200",
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

  expect(said.scores).toEqual([
    [
      {
        feedback_type: "wandb.runnable.judge",
        weave_ref: "weave:///ent/proj/call/one",
        call_ref: "weave:///ent/proj/call/two",
        "payload.output.quality": 0.5,
      },
    ],
    [],
  ]);

  expect(said.calls.toSorted()).toEqual(["countTo", "fail", "grade", "plus", "turn", "turn"]);

  const lines = async (path: string) => jsonLines(await postJson(url + path, { project_id: "ent/proj" }));
  const calls = (await lines("/calls/stream_query")) as Call[];
  const named = (name: string) => calls.find(({ op_name }) => op_name.includes(`/op/${name}:`))!;
  expect(calls).toHaveLength(7);
  expect(calls.filter(({ ended_at }) => ended_at === null)).toEqual([]);
  expect(named("double")).toMatchObject({
    parent_id: named("plus").id,
    trace_id: named("plus").trace_id,
    output: 40,
  });
  expect(named("countTo").output).toEqual({ all: [1, 2, 3] });
  expect(named("fail").exception).toBe("as it should");
  expect(await lines("/threads/stream_query")).toEqual([
    {
      thread_id: "chat",
      turn_count: 2,
      start_time: "2026-08-20T00:01:00Z",
      last_updated: "2026-08-20T00:03:03Z",
      first_turn_id: "one",
      last_turn_id: "two",
      p50_turn_duration_ms: 2000,
      p99_turn_duration_ms: 2980,
    },
  ]);
});
