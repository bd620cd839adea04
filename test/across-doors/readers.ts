import { TranscriptEnd } from "../../gen/skein/v1/chat_pb.ts";
import { SpanView } from "../../gen/skein/v1/span_pb.ts";
import { collect } from "../doors/rpc/client.ts";
import { type House, PROJECT } from "./house.ts";

/** A thread with its turns, as far as ThreadsQuery and Weave's stream_query both tell. */
interface TurnRow {
  threadId: string;
  turnCount: number;
  firstTurnId: string;
  lastTurnId: string;
  p50: number | null;
}

export async function threadsQuery({ rpc }: House): Promise<TurnRow[]> {
  const messages = await collect(rpc.threadsQuery({ projectId: PROJECT }));
  return messages
    .flatMap(({ threads }) => threads)
    .map(({ threadId, turnCount, firstTurnId, lastTurnId, p50TurnDurationMs }) => ({
      threadId,
      turnCount: Number(turnCount),
      firstTurnId,
      lastTurnId,
      p50: p50TurnDurationMs ?? null,
    }));
}

export async function streamQuery({ ask }: House): Promise<TurnRow[]> {
  const text = await ask("/threads/stream_query", { project_id: PROJECT });
  return jsonLines(text).map((row) => ({
    threadId: String(row.thread_id),
    turnCount: Number(row.turn_count),
    firstTurnId: String(row.first_turn_id),
    lastTurnId: String(row.last_turn_id),
    p50: row.p50_turn_duration_ms as number | null,
  }));
}

/** The turns of a thread, one a page, from the newest on, in their order. */
export async function listTurns({ rpc }: House, threadId: string) {
  const turns: { turnId: string; durationMs: number }[] = [];
  let page: Awaited<ReturnType<typeof rpc.listTurns>> | undefined;
  do {
    const pageToken: string = page?.nextPageToken ?? "";
    page = await rpc.listTurns({
      projectId: PROJECT,
      threadId,
      from: TranscriptEnd.NEWEST,
      limit: 1,
      pageToken,
    });
    turns.unshift(
      ...page.turns.map(({ turnId, durationMs }) => ({ turnId, durationMs: Number(durationMs) })),
    );
  } while (page.nextPageToken);
  return turns;
}

/** The ids of all threads, as Search and LangGraph's search find them. */
export async function searched({ rpc }: House): Promise<string[]> {
  const { threads } = await rpc.search({ projectId: PROJECT, limit: 1000 });
  return threads.map(({ threadId }) => threadId);
}

export async function threadsSearch({ askProject }: House): Promise<string[]> {
  const threads = JSON.parse(await askProject("/threads/search", { limit: 1000 })) as { thread_id: string }[];
  return threads.map(({ thread_id }) => thread_id);
}

/** The spans of a thread, as Spans and Weave's conversations/spans both tell. */
interface SpanRow {
  traceId: string;
  spanId: string;
  durationMs: number;
}

export async function spans({ rpc }: House, threadId: string): Promise<SpanRow[]> {
  const { conversations } = await rpc.spans({
    projectId: PROJECT,
    conversationIds: [threadId],
    view: SpanView.FULL,
  });
  return conversations[0]!.spans.map(({ traceId, spanId, durationMs }) => ({
    traceId,
    spanId,
    durationMs: Number(durationMs),
  }));
}

export async function conversationsSpans({ ask }: House, threadId: string): Promise<SpanRow[]> {
  const body = { project_id: PROJECT, conversation_ids: [threadId] };
  const { conversations } = JSON.parse(await ask("/agents/conversations/spans", body)) as {
    conversations: { spans: { trace_id: string; span_id: string; duration_ms: number }[] }[];
  };
  return conversations[0]!.spans.map(({ trace_id, span_id, duration_ms }) => ({
    traceId: trace_id,
    spanId: span_id,
    durationMs: duration_ms,
  }));
}

/** A thread as a chat, as far as the REST list and ListChatThreads both tell. */
interface ChatRow {
  threadId: string;
  title: string;
  messageCount: number;
  userMessageCount: number;
  assistantMessageCount: number;
  totalTokens: number | null;
  averageResponseTimeMs: number | null;
  lastMessagePreview: string | null;
  lastMessageAt: number | null;
  participants: string[];
  agentUsed: string | null;
  modelUsed: string | null;
}

/** A list of chats with its totals. */
interface ChatList {
  chats: ChatRow[];
  threads: number;
  messages: number;
  tokens: number | null;
}

export async function chatList({ askProject }: House): Promise<ChatList> {
  const list = JSON.parse(await askProject("/api/chat/threads?limit=1000"));
  const chats = (list.threads as (ChatRow & { lastMessageAt: string | null })[]).map((chat) => ({
    threadId: chat.threadId,
    title: chat.title,
    messageCount: chat.messageCount,
    userMessageCount: chat.userMessageCount,
    assistantMessageCount: chat.assistantMessageCount,
    totalTokens: chat.totalTokens,
    averageResponseTimeMs: chat.averageResponseTimeMs,
    lastMessagePreview: chat.lastMessagePreview,
    lastMessageAt: chat.lastMessageAt === null ? null : Date.parse(chat.lastMessageAt),
    participants: chat.participants,
    agentUsed: chat.agentUsed,
    modelUsed: chat.modelUsed,
  }));
  return { chats, threads: list.totalCount, messages: list.totalMessages, tokens: list.totalTokens };
}

/** The same over RPC, two chats a page. */
export async function listChatThreads({ rpc }: House): Promise<ChatList> {
  const chats: ChatRow[] = [];
  let page: Awaited<ReturnType<typeof rpc.listChatThreads>> | undefined;
  do {
    page = await rpc.listChatThreads({ projectId: PROJECT, limit: 2, pageToken: page?.nextPageToken ?? "" });
    for (const chat of page.threads) {
      const { seconds, nanos } = chat.lastMessageAt ?? {};
      chats.push({
        threadId: chat.threadId,
        title: chat.title || "New Chat",
        messageCount: Number(chat.messageCount),
        userMessageCount: Number(chat.userMessageCount),
        assistantMessageCount: Number(chat.assistantMessageCount),
        totalTokens: chat.totalTokens === undefined ? null : Number(chat.totalTokens),
        averageResponseTimeMs: chat.averageResponseTimeMs ?? null,
        lastMessagePreview: chat.lastMessagePreview || null,
        lastMessageAt: seconds === undefined ? null : Number(seconds) * 1000 + Math.floor(nanos! / 1_000_000),
        participants: chat.participants,
        agentUsed: chat.agent || null,
        modelUsed: chat.model || null,
      });
    }
  } while (page.nextPageToken);
  const { threads, messages, tokens } = page.totals!;
  return {
    chats,
    threads: Number(threads),
    messages: Number(messages),
    tokens: tokens === undefined ? null : Number(tokens),
  };
}

/** A transcript, as roles and texts. */
export async function messagesPath({ askProject }: House, threadId: string): Promise<string[][]> {
  const { messages } = JSON.parse(await askProject(`/api/chat/threads/${threadId}/messages`)) as {
    messages: { role: string; content: string }[];
  };
  return messages.map(({ role, content }) => [role, content]);
}

/** The same over RPC, from either end, three messages a page. */
export async function listMessages(
  { rpc }: House,
  threadId: string,
  from: TranscriptEnd,
): Promise<string[][]> {
  const stretches: string[][][] = [];
  let page: Awaited<ReturnType<typeof rpc.listMessages>> | undefined;
  do {
    const pageToken: string = page?.nextPageToken ?? "";
    page = await rpc.listMessages({ projectId: PROJECT, threadId, from, limit: 3, pageToken });
    stretches.push(page.messages.map(({ role, text }) => [role, text]));
  } while (page.nextPageToken);
  return (from === TranscriptEnd.NEWEST ? stretches.toReversed() : stretches).flat();
}

function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
