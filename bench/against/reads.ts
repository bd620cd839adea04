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
import { roundsOf } from "../share.ts";
import type { Measure } from "./measure.ts";
import { conversationIds, SERVICE } from "./writes.ts";

/** Requests under way at once, each on a connection of its own. */
const CLIENTS = 4;

const PAGE = 50;

/** Sends a request and waits for its answer. */
interface Asker {
  send(): Promise<unknown>;
  close(): void;
}

/** How many answers a slice takes, by what they cost: about a tenth of a second's work. */
const CHEAP = 320;
const USUAL = 80;
const DEAR = 12;

/** The documented reads of what `writes` has stored, each by its path and by its RPC. */
export function reads(threads: number): Measure[] {
  const projectId = BENCH_PROJECT;
  const project_id = BENCH_PROJECT;
  const threadId = recordId(0);
  const ids = conversationIds(threads, PAGE);
  const user = { user_id: "user-7" };
  const post = (path: string, body: object) => (url: string) => leanClient(url + path, body);
  const get = (path: string) => (url: string) => leanClient(url + path);
  return [
    readOf("GET /health", CHEAP, get("/health")),
    readOf(
      `POST /threads/stream_query, ${PAGE} by p99`,
      USUAL,
      post("/threads/stream_query", {
        project_id,
        limit: PAGE,
        sort_by: [{ field: "p99_turn_duration_ms", direction: "desc" }],
      }),
    ),
    readOf("POST /threads/stream_query, all", DEAR, post("/threads/stream_query", { project_id })),
    readOf(
      `ThreadsQuery, ${PAGE} by p99`,
      USUAL,
      streamed("ThreadsQuery", ThreadsQueryRequestSchema, {
        projectId,
        limit: PAGE,
        sortBy: [{ field: ThreadSortField.P99_TURN_DURATION_MS, direction: SortDirection.DESC }],
      }),
    ),
    readOf("ThreadsQuery, all", DEAR, streamed("ThreadsQuery", ThreadsQueryRequestSchema, { projectId })),
    readOf(
      "POST /threads/search, a user's",
      USUAL,
      post(`/p/${project_id}/threads/search`, { metadata: user }),
    ),
    readOf(
      "POST /threads/search, the latest 100 whole",
      USUAL,
      post(`/p/${project_id}/threads/search`, { limit: 100, sort_by: "updated_at" }),
    ),
    readOf(
      "Search, a user's",
      USUAL,
      unary("Search", SearchRequestSchema, { projectId, filter: { metadataJson: JSON.stringify(user) } }),
    ),
    readOf(
      "Search, the latest 100 whole",
      USUAL,
      unary("Search", SearchRequestSchema, { projectId, limit: 100, sortBy: SearchSortField.UPDATED_AT }),
    ),
    readOf(
      `GET /api/chat/threads, ${PAGE}`,
      USUAL,
      get(`/api/chat/threads?project_id=${project_id}&limit=${PAGE}`),
    ),
    readOf(
      `ListChatThreads, ${PAGE}`,
      USUAL,
      unary("ListChatThreads", ListChatThreadsRequestSchema, { projectId, limit: PAGE }),
    ),
    readOf(
      `POST /agents/conversations/spans of ${ids.length}`,
      DEAR,
      post("/agents/conversations/spans", { project_id, conversation_ids: ids }),
    ),
    readOf(
      `Spans of ${ids.length}`,
      DEAR,
      unary("Spans", SpansRequestSchema, { projectId, conversationIds: ids }),
    ),
    readOf(
      `Spans of ${ids.length} in full`,
      DEAR,
      unary("Spans", SpansRequestSchema, { projectId, conversationIds: ids, view: SpanView.FULL }),
    ),
    readOf("GET /threads/{id}", CHEAP, get(`/p/${project_id}/threads/${threadId}`)),
    readOf("GetThread", CHEAP, unary("GetThread", GetThreadRequestSchema, { projectId, threadId })),
    readOf("GET /threads/{id}/state", CHEAP, get(`/p/${project_id}/threads/${threadId}/state`)),
    readOf("GetState", CHEAP, unary("GetState", GetStateRequestSchema, { projectId, threadId })),
    readOf(
      `GET …/messages, the last ${PAGE}`,
      USUAL,
      get(`/api/chat/threads/${threadId}/messages?project_id=${project_id}&limit=${PAGE}`),
    ),
    readOf(
      `ListMessages, the first ${PAGE}`,
      USUAL,
      unary("ListMessages", ListMessagesRequestSchema, { projectId, threadId, limit: PAGE }),
    ),
    readOf("ListTurns", USUAL, unary("ListTurns", ListTurnsRequestSchema, { projectId, threadId: ids[0]! })),
    readOf(
      "POST /calls/stream_query of a thread",
      USUAL,
      post("/calls/stream_query", { project_id, filter: { thread_ids: ids.slice(0, 1) } }),
    ),
  ];
}

function readOf(what: string, usual: number, open: (url: string) => Asker | Promise<Asker>): Measure {
  const answers = roundsOf(usual);
  return {
    what,
    kind: "reads",
    async open(url) {
      const clients = await Promise.all(Array.from({ length: CLIENTS }, () => open(url)));
      return {
        async slice() {
          let sent = 0;
          const ask = async ({ send }: Asker) => {
            while (sent++ < answers) await send();
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
