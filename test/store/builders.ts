import type { Feedback, FeedbackQuery } from "../../src/model/feedback/feedback.ts";
import { DEFAULT_THREAD_SORT, type ThreadQuery } from "../../src/model/threads/thread.ts";
import type { ConversationSpansQuery, Span, ThreadClaim } from "../../src/model/traces/span.ts";
import { AGENT_LEVEL } from "./naive/agent-level.ts";

/** The project of everything the builders make, unless a test says otherwise. */
export const PROJECT = "project";

/** When the builders' requests come, unless a test says otherwise: one second past the epoch. */
export const NOW = 1_000_000;

/** The operations whose spans are agent-level, unless a test says otherwise: those that OTLP's door takes for such. */
export const AGENT_OPERATIONS: readonly string[] = AGENT_LEVEL;

/** What a test says of a span; `thread` is short for a claim of rank 0. */
export type SpanInput = Partial<Span> & { thread?: string };

/**
 * A span with what the test says and sensible values for the rest: a root of the trace "trace" that starts at 1 000 µs
 * and ends 1 ms after its start. Its payload is its own content, so that versions of different content differ in it.
 */
export function span({ thread, ...given }: SpanInput = {}): Span {
  const startedAt = given.startedAt ?? 1_000;
  const content = {
    traceId: "trace",
    spanId: "span",
    parentSpanId: null,
    name: "name",
    operationName: "",
    agentLevel: AGENT_OPERATIONS.includes(given.operationName ?? ""),
    status: "UNSET" as const,
    startedAt,
    startedAtNanos: 0,
    endedAt: startedAt + 1_000,
    endedAtNanos: 0,
    threadClaim: null,
    isTurn: null,
    agentName: null,
    model: null,
    inputTokens: null,
    outputTokens: null,
    messages: [],
    ...given,
    ...(thread !== undefined && { threadClaim: claim(thread) }),
  };
  return {
    projectId: PROJECT,
    payload: Buffer.from(JSON.stringify(content)),
    origin: new Uint8Array(),
    ...content,
  };
}

/** A claim on a thread; 0 is the strongest rank. */
export function claim(threadId: string, rank = 0): ThreadClaim {
  return { threadId, rank, key: `key.${rank}` };
}

/** A query for all threads of the project in the default order, but for what the test says. */
export function threadQuery(given: Partial<ThreadQuery> = {}): ThreadQuery {
  return {
    projectId: PROJECT,
    now: NOW,
    startedAfter: null,
    updatedBefore: null,
    threadIds: null,
    sort: [DEFAULT_THREAD_SORT],
    limit: null,
    offset: 0,
    after: null,
    ...given,
  };
}

/** A query for all spans of these conversations, but for what the test says. */
export function spansQuery(
  conversationIds: string[],
  given: Partial<ConversationSpansQuery> = {},
): ConversationSpansQuery {
  return {
    projectId: PROJECT,
    now: NOW,
    conversationIds,
    startedAfter: null,
    startedBefore: null,
    maxSpansPerConversation: null,
    view: "basic",
    ...given,
  };
}

/** User feedback on the conversation "thread", but for what the test says. */
export function feedback(given: Partial<Feedback> = {}): Feedback {
  return {
    projectId: PROJECT,
    id: "feedback",
    createdAt: 1_000,
    feedbackType: "wandb.agent_user_feedback",
    target: { kind: "conversation", id: "thread" },
    weaveRef: "weave:///entity/project/agent_conversation/thread",
    payloadJson: "{}",
    creator: null,
    userId: null,
    tags: [],
    ratings: [],
    extraJson: "{}",
    ...given,
  };
}

/** A query for all feedback, but for what the test says. */
export function feedbackQuery(given: Partial<FeedbackQuery> = {}): FeedbackQuery {
  return { projectId: PROJECT, where: null, sort: [], limit: null, offset: 0, now: NOW, ...given };
}
