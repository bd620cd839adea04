import { beforeAll, expect, onTestFinished, test } from "vitest";
import { PYTHON_SETUP_MS, python, pythonOrSkip } from "../../python/python.ts";
import { startOtlpServer } from "./support/otlp-server.ts";

beforeAll(python, PYTHON_SETUP_MS);

test("Python's grpcio exports spans", async ({ skip }) => {
  const found = await pythonOrSkip(skip);
  const server = await startOtlpServer();
  onTestFinished(() => server.close());
  const printed = await found.run("../doors/otlp/export_spans.py", [new URL(server.url).host]);
  expect(JSON.parse(printed)).toEqual({ rejected: 1, message: "trace_id is not 16 bytes long (1 span)" });
  expect(server.writer.spans()).toMatchObject([
    { projectId: "python", threadClaim: { threadId: "thread-py" }, operationName: "chat", endedAt: null },
  ]);
});
