import fc from "fast-check";
import { expect } from "vitest";
import { chatCursor } from "../../../src/model/transcripts/chat-thread.ts";
import type { Store } from "../../../src/store/store.ts";
import {
  append,
  chatDraft,
  chatPatch,
  chatQuery,
  message,
  messageQuery,
  readChats,
  readMessages,
} from "../chat-builders.ts";
import { createNaiveStore } from "../naive-store.ts";
import { instant, type Operation, op, operation, RECORD_IDS } from "./arbitrary-records.ts";
import { check, PROPERTY_TIMEOUT, projects } from "./check.ts";
import type { DefineTest } from "./describe-store.ts";

const at = { threadId: fc.constantFrom(...RECORD_IDS), now: instant };
const by = fc.constantFrom(null, "key");
const count = fc.constantFrom(null, 0, 3);
const messages = fc.array(
  fc
    .record({
      messageId: fc.constantFrom("1", "2", "3", "4", "5"),
      role: fc.constantFrom("user", "assistant", "assistant", "tool"),
      text: fc.constantFrom("", "hi", "some words"),
      createdAt: instant,
      agent: fc.constantFrom(null, "a", "user"),
      model: fc.constantFrom(null, "m"),
      inputTokens: count,
      outputTokens: count,
      responseTimeMs: fc.constantFrom(null, null, 1.5),
    })
    .map(message),
  { maxLength: 4 },
);
const title = fc.constantFrom(null, "Title", "");
const tags = fc.subarray(["x", "y"]);
const documents = fc.constantFrom("{}", '{"a":1.0}', '{"b":null}', "[]");
const projectType = fc.constantFrom("general", "general", "code");

/** Every way to change a chat. */
export const chatOperation: fc.Arbitrary<Operation> = fc.oneof(
  op(
    "createChat",
    fc.record({ ...at, title, tags, documents, messages, by, projectType }),
    (given, store, projectId) => store.createChat(chatDraft({ ...given, projectId })),
  ),
  op(
    "patchChat",
    fc.record(
      {
        ...at,
        title,
        tags,
        documents,
        isArchived: fc.boolean(),
        isPinned: fc.boolean(),
        isReadonly: fc.boolean(),
      },
      { requiredKeys: ["threadId", "now"] },
    ),
    (given, store, projectId) => store.patchChat(chatPatch({ ...given, projectId })),
  ),
  op("appendMessages", fc.record({ ...at, messages, by }), ({ messages, ...given }, store, projectId) =>
    store.appendMessages(append(messages, { ...given, projectId })),
  ),
);

const operations = fc.array(
  fc.oneof({ weight: 2, arbitrary: chatOperation }, { weight: 1, arbitrary: operation }),
  { minLength: 1, maxLength: 14, size: "max" },
);

const conditions = fc.record({
  projectType,
  archived: fc.option(fc.boolean()),
  pinned: fc.option(fc.boolean()),
  tags,
  title: fc.constantFrom(null, null, "T", "hi"),
});

/** What must hold of chats, whatever is done to threads through any door. */
export function chatPropertyTests(test: DefineTest): void {
  test(
    "after every operation, its answer and all chats and transcripts equal a recomputation",
    async ({ store }) => {
      const nextProject = projects();
      await check(
        fc.tuple(operations, instant, conditions, fc.integer({ min: 1, max: 3 })),
        async ([done, now, given, size]) => {
          const naive = createNaiveStore();
          const projectId = nextProject();
          for (const { name, run } of done) {
            const answer = await run(store, projectId).catch(nameOf);
            expect(answer, name).toEqual(await run(naive, projectId).catch(nameOf));
            expect(await everything(store, projectId, now)).toEqual(await everything(naive, projectId, now));
          }
          const query = chatQuery({ projectId, now, ...given });
          const whole = await readChats(store, query);
          expect(whole).toEqual(await readChats(naive, query));
          expect(await inPages(store, query, size)).toEqual(whole.chats);
        },
      );
    },
    PROPERTY_TIMEOUT,
  );

  test(
    "a stretch of a transcript, asked for in any way, equals that of an array",
    async ({ store }) => {
      const nextProject = projects();
      const asking = fc.record({
        limit: fc.nat(4),
        offset: fc.nat(4),
        from: fc.constantFrom("oldest" as const, "newest" as const),
        cursor: fc.option(fc.nat(6).map((position) => [position])),
      });
      await check(fc.tuple(messages, messages, fc.array(asking)), async ([first, more, asked]) => {
        const projectId = nextProject();
        const naive = createNaiveStore();
        for (const each of [store, naive]) {
          await each.createChat(chatDraft({ projectId, messages: first }));
          await each.appendMessages(append(more, { projectId }));
        }
        for (const given of asked) {
          const query = messageQuery({ projectId, ...given });
          expect(await readMessages(store, query)).toEqual(await readMessages(naive, query));
        }
      });
    },
    PROPERTY_TIMEOUT,
  );
}

function nameOf(error: Error): string {
  return error.name;
}

/** All that a store says of the chats of a project, of every type, and all their messages. */
async function everything(store: Store, projectId: string, now: number) {
  const lists = ["general", "code"].map((type) =>
    readChats(store, chatQuery({ projectId, now, projectType: type })),
  );
  const transcripts = RECORD_IDS.map((threadId) =>
    readMessages(store, messageQuery({ projectId, threadId, now })).catch(nameOf),
  );
  return { lists: await Promise.all(lists), transcripts: await Promise.all(transcripts) };
}

async function inPages(store: Store, query: ReturnType<typeof chatQuery>, size: number) {
  const chats = [];
  for (let after = query.after; ; ) {
    const page = await readChats(store, { ...query, limit: size, after });
    chats.push(...page.chats);
    if (!page.hasMore) return chats;
    after = chatCursor(page.chats.at(-1)!);
  }
}
