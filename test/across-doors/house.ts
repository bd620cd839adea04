import { type Client, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { onTestFinished } from "vitest";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import { chatDoor } from "../../src/doors/chat/door.ts";
import { langgraphDoor } from "../../src/doors/langgraph/door.ts";
import { otlpDoor } from "../../src/doors/otlp/door.ts";
import { threadServiceDoor } from "../../src/doors/rpc/thread-service.ts";
import { weaveDoor } from "../../src/doors/weave/door.ts";
import { createCall } from "../doors/call.ts";
import { start } from "../server/harness.ts";
import { openTemporaryStore } from "../store/temporary-store.ts";

/** The project of everything: one that has to be named by the prefix where a door's own parameter cannot. */
export const PROJECT = "acme/bot";

/** Every door of one server. */
export interface House {
  rpc: Client<typeof ThreadService>;
  /** The text that a path answers with; fails unless it is a 200. Without a body it is a GET. */
  ask(path: string, body?: unknown): Promise<string>;
  /** The same of a path that names no project, which the prefix does. */
  askProject(path: string, body?: unknown): Promise<string>;
}

/** Opens all doors over one store until the test ends. */
export async function openHouse(): Promise<House> {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const doors = [threadServiceDoor, weaveDoor, langgraphDoor, chatDoor, otlpDoor];
  const { url } = await start({ doors, store });
  const call = createCall(url);
  const ask: House["ask"] = async (path, body) => {
    const { status, text } = await call(body === undefined ? "GET" : "POST", path, body);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
    return text;
  };
  return {
    rpc: createClient(ThreadService, createGrpcTransport({ baseUrl: url })),
    ask,
    askProject: (path, body) => ask(`/p/${PROJECT}${path}`, body),
  };
}
