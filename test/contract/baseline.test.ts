import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { beforeEach, expect, onTestFinished, test } from "vitest";

const SCRIPT = resolve("test/contract/write-baseline.ts");
const env = { ...process.env, PATH: `${resolve("node_modules/.bin")}:${process.env.PATH}` };

const OLD = `syntax = "proto3";
package toy.v1;
message Toy {
  string name = 1;
}
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "skein-baseline-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "proto/toy/v1"), { recursive: true });
  mkdirSync(join(folder, "test/contract"), { recursive: true });
  writeFileSync(join(folder, "buf.yaml"), readFileSync("buf.yaml"));
  contract(OLD);
  execFileSync("buf", ["build", "-o", "test/contract/baseline.binpb"], { cwd: folder, env });
});

function contract(text: string): void {
  writeFileSync(join(folder, "proto/toy/v1/toy.proto"), text);
}

function writeBaseline() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return { status, text: stdout + stderr };
}

/** The fields of the baseline's message; there must be no other file beside it. */
function fields(): string[] {
  expect(readdirSync(join(folder, "test/contract"))).toEqual(["baseline.binpb"]);
  const bytes = readFileSync(join(folder, "test/contract/baseline.binpb"));
  return fromBinary(FileDescriptorSetSchema, bytes).file[0]!.messageType[0]!.field.map(({ name }) => name);
}

test("a contract that only grew becomes the baseline", () => {
  contract(OLD.replace("}", "  string colour = 2;\n}"));
  expect(writeBaseline()).toMatchObject({ status: 0 });
  expect(fields()).toEqual(["name", "colour"]);
});

test("one that breaks the old is refused with the reason, and the baseline stays", () => {
  contract(OLD.replace("string name = 1", "int64 size = 1"));
  const { status, text } = writeBaseline();
  expect(status).toBe(1);
  expect(text).toMatch(/toy\.proto:4.*type/);
  expect(text).toContain("stays as it is");
  expect(fields()).toEqual(["name"]);
});

test("one that cannot be built is refused, and the baseline stays", () => {
  contract(OLD.replace("string name", "strong name"));
  expect(writeBaseline()).toMatchObject({ status: 1 });
  expect(fields()).toEqual(["name"]);
});
