import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SortDirection, ThreadSortField } from "../../gen/skein/v1/thread_pb.ts";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import { THREAD_SORT_FIELDS, type ThreadSort } from "../../src/model/threads/thread.ts";
import type { Store } from "../../src/store/store.ts";
import { threadQuery } from "../store/builders.ts";
import { createNaiveStore } from "../store/naive-store.ts";
import { readThreads } from "../store/reading.ts";
import {
  jsonLines,
  makeFolder,
  postJson,
  type SkeinProcess,
  startSkein,
  type TestFolder,
} from "./harness.ts";
import { sendThreads } from "./many-threads.ts";

const PROJECT = "many/threads";
const THREADS = 1200;

let folder: TestFolder;
let server: SkeinProcess;
let naive: Store;

beforeAll(async () => {
  folder = await makeFolder();
  server = await startSkein(folder.db);
  // Ids whose order by code points is neither that of their numbers nor that of UTF-16.
  const threadIds = Array.from(
    { length: THREADS },
    (_, place) => `${["a", "é", "\uffee", "🧵"][place % 4]}${place}`,
  );
  naive = createNaiveStore();
  await naive.writeSpans(await sendThreads(server.url, threadIds, PROJECT));
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const ORDERS: ThreadSort[][] = [
  ...THREAD_SORT_FIELDS.flatMap((field) =>
    (["asc", "desc"] as const).map((direction): ThreadSort[] => [{ field, direction }]),
  ),
  [
    { field: "turn_count", direction: "desc" },
    { field: "p50_turn_duration_ms", direction: "asc" },
  ],
];

describe.each(
  ORDERS.map((sort) => [sort.map(({ field, direction }) => `${field} ${direction}`).join(), sort]),
)("%s", (_name, given) => {
  const sort = given as ThreadSort[];

  /** The ids of all threads in this order. */
  async function expectedIds(): Promise<string[]> {
    const rows = await readThreads(naive, threadQuery({ projectId: PROJECT, sort }));
    expect(rows).toHaveLength(THREADS);
    return rows.map(({ threadId }) => threadId);
  }

  test("over REST, whole and a part", async () => {
    const ids = async (said: object) => {
      const body = { project_id: PROJECT, sort_by: sort, ...said };
      const lines = jsonLines(await postJson(`${server.url}/threads/stream_query`, body));
      return lines.map((line) => (line as { thread_id: string }).thread_id);
    };
    const expected = await expectedIds();
    expect(await ids({})).toEqual(expected);
    expect(await ids({ limit: 70, offset: 1050 })).toEqual(expected.slice(1050, 1120));
  });

  test("over RPC, page by page", async () => {
    const client = createClient(ThreadService, createGrpcTransport({ baseUrl: server.url }));
    const sortBy = sort.map(({ field, direction }) => ({
      field: ThreadSortField[field.toUpperCase() as keyof typeof ThreadSortField],
      direction: SortDirection[direction.toUpperCase() as keyof typeof SortDirection],
    }));
    const ids: string[] = [];
    let pageToken = "";
    do {
      const query = { projectId: PROJECT, sortBy, limit: 170, pageToken };
      for await (const { threads, nextPageToken } of client.threadsQuery(query)) {
        ids.push(...threads.map(({ threadId }) => threadId));
        pageToken = nextPageToken;
      }
    } while (pageToken !== "");
    expect(ids).toEqual(await expectedIds());
  });
});
