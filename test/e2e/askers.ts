import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { createClient, type Transport } from "@connectrpc/connect";
import * as web from "@connectrpc/connect-web";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import { collect } from "../doors/rpc/client.ts";
import { bufCurl } from "../server/buf-curl.ts";
import { grpcClient } from "../server/grpc-client.ts";
import { transports } from "../server/harness.ts";

const { threadsQuery, spans, streamSpans } = ThreadService.method;

/** The reads of ThreadService, by the names their methods have in the contract. */
const METHODS = { ThreadsQuery: threadsQuery, Spans: spans, StreamSpans: streamSpans };

export type MethodName = keyof typeof METHODS;

/** Asks a method of the server and gives the messages of the answer, all in protobuf's JSON. */
type Asker = (method: MethodName, request: JsonValue) => Promise<JsonValue[]>;

/** A way to ask the server at a URL; made within a test. */
export type MakeAsker = (url: string) => Asker;

function throughTransport(transport: Transport): Asker {
  const client = createClient(ThreadService, transport);
  return async (method, request) => {
    switch (method) {
      case "ThreadsQuery": {
        const messages = await collect(client.threadsQuery(fromJson(threadsQuery.input, request)));
        return messages.map((message) => toJson(threadsQuery.output, message));
      }
      case "StreamSpans": {
        const messages = await collect(client.streamSpans(fromJson(streamSpans.input, request)));
        return messages.map((message) => toJson(streamSpans.output, message));
      }
      case "Spans":
        return [toJson(spans.output, await client.spans(fromJson(spans.input, request)))];
    }
  };
}

const throughGrpcJs: MakeAsker = (url) => async (name, request) => {
  const method = METHODS[name];
  const { call } = grpcClient(Number(new URL(url).port));
  const outcome = await call(method, fromJson(method.input, request));
  if (outcome instanceof Error) throw outcome;
  return outcome.map((message) => toJson<typeof method.output>(method.output, message));
};

function throughBufCurl(protocol: string): MakeAsker {
  return (url) => async (method, request) => {
    const printed = await bufCurl(protocol, `${url}/skein.v1.ThreadService/${method}`, request as object);
    return printed
      .split(/(?<=^\})\n/m)
      .filter((text) => text.trim() !== "")
      .map((text): JsonValue => JSON.parse(text));
  };
}

/** Asks Spans by a plain GET. */
export async function getSpans(url: string, request: JsonValue): Promise<JsonValue> {
  const message = encodeURIComponent(JSON.stringify(request));
  const response = await fetch(
    `${url}/skein.v1.ThreadService/Spans?connect=v1&encoding=json&message=${message}`,
  );
  return (await response.json()) as JsonValue;
}

/** Every way to ask ThreadService from JavaScript and the command line. */
export const ASKERS: Record<string, MakeAsker> = {
  "grpc-js": throughGrpcJs,
  ...Object.fromEntries(
    Object.entries(transports).map(([name, make]) => [
      `connect-node, ${name}`,
      (url: string) => throughTransport(make(url)),
    ]),
  ),
  "connect-web, Connect": (baseUrl) => throughTransport(web.createConnectTransport({ baseUrl })),
  "connect-web, gRPC-Web": (baseUrl) => throughTransport(web.createGrpcWebTransport({ baseUrl })),
  ...Object.fromEntries(
    ["grpc", "grpcweb", "connect"].map((protocol) => [`buf curl, ${protocol}`, throughBufCurl(protocol)]),
  ),
};
