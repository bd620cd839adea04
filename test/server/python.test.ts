import { rm } from "node:fs/promises";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { InvalidRequestError } from "../../src/model/base/errors.ts";
import { generateDescriptors, PYTHON_SETUP_MS, python, pythonOrSkip } from "../python/python.ts";
import { rpcDoor, start } from "./harness.ts";

beforeAll(python, PYTHON_SETUP_MS);

test("Python's grpcio speaks to Health and ThreadService through descriptors of its own", async ({
  skip,
}) => {
  const found = await pythonOrSkip(skip);
  const generated = await generateDescriptors(found);
  onTestFinished(() => rm(generated, { recursive: true }));

  const door = rpcDoor({
    spans({ projectId, conversationIds }) {
      if (projectId === "bad") throw new InvalidRequestError([{ path: ["project_id"], message: "is bad" }]);
      return { conversations: conversationIds.map((conversationId) => ({ conversationId })) };
    },
    async *threadsQuery({ limit = 0 }) {
      for (let turn = 1; turn <= limit; turn++) yield { threads: [{ threadId: `t${turn}` }] };
    },
  });
  const { port } = await start({ doors: [door] });
  const printed = await found.run("grpc_client.py", [generated, `localhost:${port}`]);
  expect(JSON.parse(printed)).toEqual({
    checked: 1,
    watched: 1,
    conversations: ["a", "ä"],
    rows: 500,
    lastRow: "t500",
    refused: { code: "INVALID_ARGUMENT", violations: { project_id: "is bad" } },
  });
});
