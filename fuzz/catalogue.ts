import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  create,
  createFileRegistry,
  type DescMessage,
  type DescMethod,
  fromBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import {
  ServerReflection,
  type ServerReflectionRequestSchema,
  type ServerReflectionResponse,
} from "../gen/grpc/reflection/v1/reflection_pb.ts";
import { learnBodies } from "./learn-bodies.ts";
import type { ServerChild } from "./server-child.ts";
import { harvestShapes, type Shape } from "./shape.ts";

/** A REST route, as far as the server tells. */
export interface RestRoute {
  method: string;
  /** With its parameters in it, as Fastify writes them. */
  url: string;
  /** The shapes of bodies or queries that it knows most of; all shapes, where none is better than another. */
  shapes: Shape[];
  /** Takes forms. */
  multipart: boolean;
  /** Takes protobuf, which is OTLP. */
  protobuf: boolean;
}

/** All that a running server can be asked. None of it is listed here: a route that is new is found. */
export interface Catalogue {
  rest: RestRoute[];
  rpcs: DescMethod[];
  /** The message of an OTLP export. */
  exportRequest: DescMessage;
}

/**
 * Asks a running server what it serves: its framework for the routes, its reflection for the RPCs, and each route for
 * the kind of body that it reads.
 */
export async function readCatalogue(server: ServerChild): Promise<Catalogue> {
  const url = `http://127.0.0.1:${server.port}`;
  const [routes, { rpcs, exportRequest }, shapes] = await Promise.all([
    server.routes(),
    reflect(url),
    harvestShapes(),
  ]);
  const rpcPaths = new Set(rpcs.map(pathOf));
  const pairs = routes.flatMap(({ url, methods }) => methods.map((method) => ({ method, url })));
  const rest = pairs.filter(
    ({ method, url }) => !rpcPaths.has(url) && method !== "HEAD" && method !== "OPTIONS",
  );
  const unknown = rest.find(({ url }) => /^\/[\w.]+\.[A-Z]\w*\/\w+$/.test(url));
  if (unknown) throw new Error(`reflection does not know the RPC ${unknown.url}`);
  return { rest: await learnBodies(url, rest, [...shapes.values()]), rpcs, exportRequest };
}

/** The path of an RPC. */
export function pathOf({ parent, name }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}

type ReflectionRequest = MessageInitShape<typeof ServerReflectionRequestSchema>;

/** All RPCs, by the server's own descriptors. */
async function reflect(baseUrl: string): Promise<Pick<Catalogue, "rpcs" | "exportRequest">> {
  const sessionManager = new Http2SessionManager(baseUrl);
  const client = createClient(ServerReflection, createGrpcTransport({ baseUrl, sessionManager }));
  async function ask(requests: ReflectionRequest[]): Promise<ServerReflectionResponse["messageResponse"][]> {
    async function* all() {
      yield* requests;
    }
    const answers = await Array.fromAsync(client.serverReflectionInfo(all()));
    return answers.map(({ messageResponse }) => messageResponse);
  }

  const [list] = await ask([{ messageRequest: { case: "listServices", value: "*" } }]);
  const names = list?.case === "listServicesResponse" ? list.value.service.map(({ name }) => name) : [];
  const answers = await ask(
    names.map((value) => ({ messageRequest: { case: "fileContainingSymbol" as const, value } })),
  );
  sessionManager.abort();
  const files = answers
    .flatMap((answer) => (answer.case === "fileDescriptorResponse" ? answer.value.fileDescriptorProto : []))
    .map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
  // A file's dependencies stand before it.
  const file = [...new Map(files.map((each) => [each.name, each])).values()];
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: inOrder(file) }));
  return {
    rpcs: names.flatMap((name) => registry.getService(name)?.methods ?? []),
    exportRequest: registry.getMessage("opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest")!,
  };
}

function inOrder<File extends { name: string; dependency: string[] }>(files: File[]): File[] {
  const ordered = new Set<File>();
  function visit(file: File): void {
    if (ordered.has(file)) return;
    for (const name of file.dependency) {
      const dependency = files.find((other) => other.name === name);
      if (dependency) visit(dependency);
    }
    ordered.add(file);
  }
  files.forEach(visit);
  return [...ordered];
}
