import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { ListChatThreadsRequestSchema, ListMessagesRequestSchema } from "../../gen/skein/v1/chat_pb.ts";
import { SearchRequestSchema, SearchSortField } from "../../gen/skein/v1/search_pb.ts";
import { SpansRequestSchema, SpanView } from "../../gen/skein/v1/span_pb.ts";
import { GetStateRequestSchema } from "../../gen/skein/v1/state_pb.ts";
import { SortDirection, ThreadSortField, ThreadsQueryRequestSchema } from "../../gen/skein/v1/thread_pb.ts";
import { GetThreadRequestSchema } from "../../gen/skein/v1/thread_record_pb.ts";
import { ListTurnsRequestSchema } from "../../gen/skein/v1/turn_pb.ts";
import { grpcClient } from "../clients.ts";
import { BENCH_PROJECT } from "../data.ts";
import { leanClient } from "../lean-client.ts";
import { recordId } from "../records.ts";
import { type Measure, SLICES } from "./measure.ts";
import { conversationIds, SERVICE } from "./writes.ts";

/** Requests under way at once, each on a connection of its own. */
const CLIENTS = 4;

const PAGE = 50;

/** Sends a request and waits for its answer. */
interface Asker {
  send(): Promise<unknown>;
  close(): void;
}

/**
 * The documented reads of what `writes` has stored, each by its path and by its RPC.
 *
 * @param seconds how long each server answers each of them
 */
export function reads(threads: number, seconds: number): Measure[] {
  const projectId = BENCH_PROJECT;
  const project_id = BENCH_PROJECT;
  const threadId = recordId(0);
  const ids = conversationIds(threads, PAGE);
  const user = { user_id: "user-7" };
  const post = (path: string, body: object) => (url: string) => leanClient(url + path, body);
  const get = (path: string) => (url: string) => leanClient(url + path);
  const asked: [string, (url: string) => Asker | Promise<Asker>][] = [
    ["GET /health", get("/health")],
    [
      `POST /threads/stream_query, ${PAGE} by p99`,
      post("/threads/stream_query", {
        project_id,
        limit: PAGE,
        sort_by: [{ field: "p99_turn_duration_ms", direction: "desc" }],
      }),
    ],
    ["POST /threads/stream_query, all", post("/threads/stream_query", { project_id })],
    [
      `ThreadsQuery, ${PAGE} by p99`,
      streamed("ThreadsQuery", ThreadsQueryRequestSchema, {
        projectId,
        limit: PAGE,
        sortBy: [{ field: ThreadSortField.P99_TURN_DURATION_MS, direction: SortDirection.DESC }],
      }),
    ],
    ["ThreadsQuery, all", streamed("ThreadsQuery", ThreadsQueryRequestSchema, { projectId })],
    ["POST /threads/search, a user's", post(`/p/${project_id}/threads/search`, { metadata: user })],
    [
      "POST /threads/search, the latest 100 whole",
      post(`/p/${project_id}/threads/search`, { limit: 100, sort_by: "updated_at" }),
    ],
    [
      "Search, a user's",
      unary("Search", SearchRequestSchema, { projectId, filter: { metadataJson: JSON.stringify(user) } }),
    ],
    [
      "Search, the latest 100 whole",
      unary("Search", SearchRequestSchema, { projectId, limit: 100, sortBy: SearchSortField.UPDATED_AT }),
    ],
    [`GET /api/chat/threads, ${PAGE}`, get(`/api/chat/threads?project_id=${project_id}&limit=${PAGE}`)],
    [
      `ListChatThreads, ${PAGE}`,
      unary("ListChatThreads", ListChatThreadsRequestSchema, { projectId, limit: PAGE }),
    ],
    [
      `POST /agents/conversations/spans of ${ids.length}`,
      post("/agents/conversations/spans", { project_id, conversation_ids: ids }),
    ],
    [`Spans of ${ids.length}`, unary("Spans", SpansRequestSchema, { projectId, conversationIds: ids })],
    [
      `Spans of ${ids.length} in full`,
      unary("Spans", SpansRequestSchema, { projectId, conversationIds: ids, view: SpanView.FULL }),
    ],
    ["GET /threads/{id}", get(`/p/${project_id}/threads/${threadId}`)],
    ["GetThread", unary("GetThread", GetThreadRequestSchema, { projectId, threadId })],
    ["GET /threads/{id}/state", get(`/p/${project_id}/threads/${threadId}/state`)],
    ["GetState", unary("GetState", GetStateRequestSchema, { projectId, threadId })],
    [
      `GET …/messages, the last ${PAGE}`,
      get(`/api/chat/threads/${threadId}/messages?project_id=${project_id}&limit=${PAGE}`),
    ],
    [
      `ListMessages, the first ${PAGE}`,
      unary("ListMessages", ListMessagesRequestSchema, { projectId, threadId, limit: PAGE }),
    ],
    ["ListTurns", unary("ListTurns", ListTurnsRequestSchema, { projectId, threadId: ids[0]! })],
    [
      "POST /calls/stream_query of a thread",
      post("/calls/stream_query", { project_id, filter: { thread_ids: ids.slice(0, 1) } }),
    ],
  ];
  return asked.map(([what, open]) => readOf(what, open, (seconds * 1000) / SLICES));
}

function readOf(what: string, open: (url: string) => Asker | Promise<Asker>, sliceMs: number): Measure {
  return {
    what,
    kind: "reads",
    async open(url) {
      const clients = await Promise.all(Array.from({ length: CLIENTS }, () => open(url)));
      return {
        async slice() {
          const end = performance.now() + sliceMs;
          let answers = 0;
          const ask = async ({ send }: Asker) => {
            do {
              await send();
              answers += 1;
            } while (performance.now() < end);
          };
          await Promise.all(clients.map(ask));
          return answers;
        },
        close() {
          for (const client of clients) client.close();
        },
      };
    },
  };
}

function unary<Desc extends DescMessage>(rpc: string, schema: Desc, request: MessageInitShape<Desc>) {
  const message = toBinary(schema, create(schema, request));
  return (url: string): Asker => {
    const client = grpcClient(url);
    return {
      async send() {
        const code = await client.unary(`${SERVICE}/${rpc}`, message);
        if (code !== 0) throw new Error(`${rpc} was answered with code ${code}`);
      },
      close: client.close,
    };
  };
}

function streamed<Desc extends DescMessage>(rpc: string, schema: Desc, request: MessageInitShape<Desc>) {
  const message = toBinary(schema, create(schema, request));
  return (url: string): Asker => {
    const client = grpcClient(url);
    return {
      send() {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        client.stream(`${SERVICE}/${rpc}`, message).on("error", reject).on("end", resolve).resume();
        return promise;
      },
      close: client.close,
    };
  };
}
