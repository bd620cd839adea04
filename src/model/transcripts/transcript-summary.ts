import { durationMilliseconds, type Instant } from "../base/instant.ts";
import type { Message } from "./message.ts";
import { previewOf, titleFrom } from "./message-text.ts";

/** What a list says of the messages of a thread. */
export interface TranscriptSummary {
  messages: number;
  userMessages: number;
  assistantMessages: number;
  /** The sum of what the messages say; null while none says. */
  tokens: number | null;
  /** Response times of assistant messages, and how many of these have one. */
  responseMs: number;
  responses: number;
  /** Of the last message. */
  lastMessageAt: Instant | null;
  preview: string | null;
  /** Of the last user message. */
  lastUserAt: Instant | null;
  /** By `titleFrom`, of the first user message that has text. */
  title: string | null;
  /** Who speaks, each once in the order of their first message: "user", the agents by name, "assistant" for one without. */
  participants: string[];
  /** Of the last assistant message that has one. */
  agent: string | null;
  model: string | null;
}

/** The summary of no messages. */
export const EMPTY_SUMMARY: TranscriptSummary = {
  messages: 0,
  userMessages: 0,
  assistantMessages: 0,
  tokens: null,
  responseMs: 0,
  responses: 0,
  lastMessageAt: null,
  preview: null,
  lastUserAt: null,
  title: null,
  participants: [],
  agent: null,
  model: null,
};

/**
 * Adds messages to the end of a transcript.
 *
 * @returns the summary with them, and the messages with their response times worked out
 */
export function addMessages<Given extends Message>(
  summary: TranscriptSummary,
  messages: Iterable<Given>,
): { summary: TranscriptSummary; messages: Given[] } {
  const added: Given[] = [];
  let next = summary;
  for (const message of messages) {
    const timed = { ...message, responseTimeMs: responseTimeOf(next, message) };
    added.push(timed);
    next = addToSummary(next, timed);
  }
  return { summary: next, messages: added };
}

/**
 * The response time of a message that follows the summed up ones: as given; else, of an assistant's, measured from the
 * last user message, unless both are of one moment: then they came together, and nothing is known.
 */
function responseTimeOf({ lastUserAt }: TranscriptSummary, message: Message): number | null {
  const { role, createdAt, responseTimeMs } = message;
  if (responseTimeMs !== null || role !== "assistant") return responseTimeMs;
  return lastUserAt === null || lastUserAt === createdAt ? null : durationMilliseconds(lastUserAt, createdAt);
}

/** The summary with one more message at the end, its response time worked out. */
function addToSummary(summary: TranscriptSummary, message: Message): TranscriptSummary {
  const { role, text, createdAt, agent, model, inputTokens, outputTokens, responseTimeMs } = message;
  const says = inputTokens !== null || outputTokens !== null;
  const next: TranscriptSummary = {
    ...summary,
    messages: summary.messages + 1,
    tokens: says ? (summary.tokens ?? 0) + (inputTokens ?? 0) + (outputTokens ?? 0) : summary.tokens,
    lastMessageAt: createdAt,
    preview: previewOf(text),
  };
  if (role === "user") {
    next.userMessages += 1;
    next.lastUserAt = createdAt;
    next.title ??= titleFrom(text);
    next.participants = withName(next.participants, "user");
  } else if (role === "assistant") {
    next.assistantMessages += 1;
    next.participants = withName(next.participants, agent ?? "assistant");
    next.agent = agent ?? next.agent;
    next.model = model ?? next.model;
    if (responseTimeMs !== null) {
      next.responseMs += responseTimeMs;
      next.responses += 1;
    }
  }
  return next;
}

function withName(names: string[], name: string): string[] {
  return names.includes(name) ? names : [...names, name];
}
