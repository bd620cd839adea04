import { MAX_APPENDED_MESSAGES, type Message } from "../src/model/transcripts/message.ts";
import type { Store } from "../src/store/store.ts";
import { BENCH_PROJECT, EPOCH } from "./data.ts";
import { fill, type Portion } from "./fill.ts";
import { recordId } from "./records.ts";

/** The thread of the long transcript; the latest chat of all. */
export const LONG_THREAD = "long";

/** Chats that one portion of the progress bar stands for; they are created at once. */
const PORTION = 50;

const ANSWER = "It left the warehouse this morning and should be with you tomorrow. ".repeat(6);

/** Fills a store with chats of two messages each, and one with a long transcript. Shows a progress bar for each. */
export async function buildChats(store: Store, threads: number, messages: number): Promise<void> {
  await fill("chats", threads, creations(store, threads));
  await store.createChat({ ...draft(LONG_THREAD), now: EPOCH });
  await fill("messages", messages, appends(store, messages, threads));
}

function* creations(store: Store, threads: number): Generator<Portion> {
  for (let first = 0; first < threads; first += PORTION) {
    const size = Math.min(PORTION, threads - first);
    const created = Array.from({ length: size }, (_, i) => createChat(store, first + i));
    yield { size, write: Promise.all(created) };
  }
}

/** One chat in a hundred is archived, one in fifty has a tag of fifty, every title has its number. */
async function createChat(store: Store, number: number): Promise<void> {
  const now = EPOCH + number * 1000;
  const key = { projectId: BENCH_PROJECT, threadId: recordId(number), now };
  await store.createChat({
    ...draft(key.threadId),
    ...key,
    title: `Where is order ${number}?`,
    tags: ["orders", `tag-${number % 50}`],
    documents: JSON.stringify({ settings: { temperature: 0.7, maxTokens: 800 }, category: "orders" }),
    messages: [0, 1].map((index) => message(number * 2 + index, now)),
  });
  if (number % 100 === 0) await store.patchChat({ ...key, by: null, isArchived: true });
}

function* appends(store: Store, messages: number, after: number): Generator<Portion> {
  const key = { projectId: BENCH_PROJECT, threadId: LONG_THREAD, now: EPOCH + after * 1000, by: null };
  for (let first = 0; first < messages; first += MAX_APPENDED_MESSAGES) {
    const size = Math.min(MAX_APPENDED_MESSAGES, messages - first);
    const added = Array.from({ length: size }, (_, i) => message(first + i, key.now + first + i));
    yield { size, write: store.appendMessages({ ...key, messages: added }) };
  }
}

function draft(threadId: string) {
  return {
    projectId: BENCH_PROJECT,
    threadId,
    projectType: "general",
    title: null,
    tags: [],
    documents: "{}",
    messages: [],
    by: null,
  };
}

function message(number: number, createdAt: number): Message {
  const role = number % 2 === 0 ? "user" : "assistant";
  const text = number % 2 === 0 ? `Where is my order ${number}?` : ANSWER;
  const made =
    number % 2 === 0 ? null : { agent: "support", model: "gpt-5.1", inputTokens: 900, outputTokens: 80 };
  return {
    messageId: `m${number}`,
    role,
    createdAt,
    text,
    json: JSON.stringify({ role, content: text }),
    ...(made ?? { agent: null, model: null, inputTokens: null, outputTokens: null }),
    responseTimeMs: null,
  };
}
