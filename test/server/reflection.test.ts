import { create, createFileRegistry, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { Code, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import * as v1 from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import * as v1alpha from "../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { echoDoor, start } from "./harness.ts";

type Question = NonNullable<MessageInitShape<typeof v1.ServerReflectionRequestSchema>["messageRequest"]>;

describe.each([
  ["v1", v1],
  ["v1alpha", v1alpha],
] as const)("reflection %s", (_version, { ServerReflection }) => {
  async function ask(...questions: Question[]) {
    const { url } = await start({ doors: [echoDoor] });
    const client = createClient(ServerReflection, createGrpcTransport({ baseUrl: url }));
    const answers = [];
    const requests = (async function* () {
      for (const messageRequest of questions) yield { host: "h", messageRequest };
    })();
    for await (const answer of client.serverReflectionInfo(requests)) answers.push(answer);
    return answers;
  }

  async function filesFor(question: Question): Promise<FileDescriptorProto[]> {
    const [answer] = await ask(question);
    if (answer?.messageResponse.case !== "fileDescriptorResponse") expect.fail(JSON.stringify(answer));
    return answer.messageResponse.value.fileDescriptorProto.map((bytes) =>
      fromBinary(FileDescriptorProtoSchema, bytes),
    );
  }

  test("lists the services", async () => {
    const [answer] = await ask({ case: "listServices", value: "" });
    expect(answer).toMatchObject({ validHost: "h", originalRequest: { host: "h" } });
    if (answer?.messageResponse.case !== "listServicesResponse") expect.fail(JSON.stringify(answer));
    expect(answer.messageResponse.value.service.map(({ name }) => name)).toEqual([
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      "skein.v1.ThreadService",
    ]);
  });

  test.each([
    "skein.v1.ThreadService",
    "skein.v1.ThreadService.Spans",
    "skein.v1.SpansRequest",
    "skein.v1.Span.trace_id",
    "skein.v1.SpanStatus",
  ])("gives the file of %s and all it needs", async (symbol) => {
    const files = await filesFor({ case: "fileContainingSymbol", value: symbol });
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: files.toReversed() }));
    const type = symbol.replace(/\.(Spans|trace_id)$/, "");
    expect(registry.get(type)?.file.proto.name).toBe(files[0]!.name);
  });

  test("gives a file by its name", async () => {
    const files = await filesFor({ case: "fileByFilename", value: "skein/v1/thread.proto" });
    expect(files.map(({ name }) => name)).toEqual([
      "skein/v1/thread.proto",
      "google/protobuf/timestamp.proto",
    ]);
  });

  test("answers questions in order, those it cannot answer with a reason", async () => {
    const extension = { containingType: "skein.v1.Span", extensionNumber: 7 };
    const answers = await ask(
      { case: "fileContainingSymbol", value: "skein.v1.Nothing" },
      { case: "fileByFilename", value: "nothing.proto" },
      { case: "fileContainingExtension", value: extension },
      { case: "allExtensionNumbersOfType", value: "skein.v1.Nothing" },
      { case: "allExtensionNumbersOfType", value: "skein.v1.Span" },
      { case: undefined },
    );
    const notFound = { case: "errorResponse", value: { errorCode: Code.NotFound } };
    expect(answers.map(({ messageResponse }) => messageResponse)).toMatchObject([
      notFound,
      notFound,
      notFound,
      notFound,
      { case: "allExtensionNumbersResponse", value: { baseTypeName: "skein.v1.Span", extensionNumber: [] } },
      { case: "errorResponse", value: { errorCode: Code.InvalidArgument } },
    ]);
  });

  test("does not hold up a shutdown", async () => {
    const { url, close } = await start({ config: { shutdownGrace: 300_000 } });
    const client = createClient(ServerReflection, createGrpcTransport({ baseUrl: url }));
    const requests = (async function* () {
      yield { messageRequest: { case: "listServices" as const, value: "" } };
      await new Promise<never>(() => {});
    })();
    const answers = client.serverReflectionInfo(requests)[Symbol.asyncIterator]();
    await answers.next();
    const end = expect(answers.next()).rejects.toMatchObject({ code: Code.Unavailable });
    await close();
    await end;
  });
});
