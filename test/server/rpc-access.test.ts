import { globSync } from "node:fs";
import { resolve } from "node:path";
import { create, createFileRegistry, type DescMethod, type DescService, getOption } from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  MethodOptions_IdempotencyLevel as Idempotency,
} from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { Access, access } from "../../gen/skein/v1/access_pb.ts";
import { accessOf } from "../../src/server/rpc-access.ts";

async function servicesIn(pattern: string): Promise<DescService[]> {
  const modules = await Promise.all(globSync(pattern).map((file) => import(resolve(file))));
  const exported: unknown[] = modules.flatMap((module) => Object.values(module));
  return exported.filter((one): one is DescService => (one as DescService | null)?.kind === "service");
}

const nameOf = ({ parent, name }: DescMethod) => `${parent.typeName}/${name}`;
const ours = (await servicesIn("gen/skein/v*/*_pb.ts")).flatMap(({ methods }) => methods);
const all = (await servicesIn("gen/**/*_pb.ts")).flatMap(({ methods }) => methods);

describe("the contract", () => {
  test("has methods", () => expect(ours.length).toBeGreaterThanOrEqual(22));

  test.each(ours.map((method) => [nameOf(method), method] as const))(
    "says what %s needs",
    (_name, method) => {
      expect(getOption(method, access)).not.toBe(Access.UNSPECIFIED);
    },
  );

  test("lets a key that reads call whatever has no side effects, and two streams, and nothing else", () => {
    const reads = ours.filter((method) => accessOf(method) === "read");
    const unary = ours.filter(({ idempotency }) => idempotency === Idempotency.NO_SIDE_EFFECTS);
    const streams = ours.filter(({ methodKind }) => methodKind === "server_streaming");
    expect(reads.map(nameOf).sort()).toEqual([...unary, ...streams].map(nameOf).sort());
    expect(streams.map(({ name }) => name)).toEqual(["ThreadsQuery", "StreamSpans"]);
  });
});

test("every method that is generated has its access", () => {
  expect(
    Object.fromEntries(all.filter((one) => !ours.includes(one)).map((one) => [nameOf(one), accessOf(one)])),
  ).toEqual({
    "grpc.health.v1.Health/Check": "open",
    "grpc.health.v1.Health/Watch": "open",
    "grpc.reflection.v1.ServerReflection/ServerReflectionInfo": "open",
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": "open",
    "opentelemetry.proto.collector.trace.v1.TraceService/Export": "write",
  });
});

test("a method that does not say it is not served", () => {
  const file = create(FileDescriptorProtoSchema, {
    name: "toy.proto",
    package: "toy",
    messageType: [{ name: "Nothing" }],
    service: [
      { name: "Toys", method: [{ name: "Play", inputType: ".toy.Nothing", outputType: ".toy.Nothing" }] },
    ],
  });
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }));
  expect(() => accessOf(registry.getService("toy.Toys")!.methods[0]!)).toThrow(
    "toy.Toys/Play says no access",
  );
});
