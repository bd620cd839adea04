import { glob, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { InvalidRequestError } from "../../src/model/errors.ts";
import { PYTHON_SETUP_MS, python } from "../python/python.ts";
import { rpcDoor, start } from "./harness.ts";

const protoDirectory = join(import.meta.dirname, "../../proto");

beforeAll(python, PYTHON_SETUP_MS);

test("Python's grpcio speaks to Health and ThreadService through descriptors of its own", async ({
  skip,
}) => {
  const found = await python();
  if ("unavailable" in found) {
    process.stderr.write(`${found.unavailable}\n`);
    return skip(found.unavailable);
  }
  const generated = await mkdtemp(join(tmpdir(), "skein-python-"));
  onTestFinished(() => rm(generated, { recursive: true }));
  const files = await Array.fromAsync(
    glob("{skein,grpc/health,google/rpc}/**/*.proto", { cwd: protoDirectory }),
  );
  const outputs = [`--python_out=${generated}`, `--grpc_python_out=${generated}`];
  await found.run("-m grpc_tools.protoc", [`-I${protoDirectory}`, ...outputs, ...files]);

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
