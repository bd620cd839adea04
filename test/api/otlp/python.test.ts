import { existsSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OtlpServer, startOtlpServer } from "./support/otlp-server.ts";

/** What `test/python/python.ts` gives: a Python with the packages it needs, or why there is none. */
interface PythonHelper {
  python(): Promise<{ run(script: string, args: string[]): Promise<string> } | { unavailable: string }>;
}

const helper = new URL("../../python/python.ts", import.meta.url);

/** Installing the packages can take minutes the first time. */
const SETUP_MS = 600_000;

let server: OtlpServer;

beforeEach(async () => {
  server = await startOtlpServer();
});

afterEach(() => server.close());

test("Python's grpcio exports spans", { timeout: SETUP_MS }, async ({ skip }) => {
  const found = existsSync(helper)
    ? await ((await import(helper.href)) as PythonHelper).python()
    : { unavailable: "test/python/python.ts is not there" };
  if ("unavailable" in found) {
    process.stderr.write(`${found.unavailable}\n`);
    return skip(found.unavailable);
  }
  const printed = await found.run("../api/otlp/export_spans.py", [new URL(server.h2Url).host]);
  expect(JSON.parse(printed)).toEqual({ rejected: 1, message: "trace_id is not 16 bytes long (1 span)" });
  expect(server.writer.spans()).toMatchObject([
    { projectId: "python", threadClaim: { threadId: "thread-py" }, operationName: "chat", endedAt: null },
  ]);
});
