import fc from "fast-check";
import { expect } from "vitest";
import type { Store } from "../../../src/store/store.ts";
import {
  append,
  chatQuery,
  message,
  messageQuery,
  readChats,
  readMessages,
  readTurns,
  turnQuery,
} from "../chat-builders.ts";
import { createNaiveStore } from "../naive-store.ts";
import { instant, type Operation, op, operation, RECORD_IDS } from "./arbitrary-records.ts";
import { arrival, THREAD_IDS } from "./arbitrary-spans.ts";
import { change as callChange, callId, inProject } from "./call-properties.ts";
import { check, PROPERTY_TIMEOUT, projects } from "./check.ts";
import type { DefineTest } from "./describe-store.ts";

/** Everything that can change what a transcript is made of; appending seldom, since it hides all else. */
export const change: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 12, arbitrary: operation },
  {
    weight: 3,
    arbitrary: op(
      "writeCalls",
      fc.array(callChange, { minLength: 1, maxLength: 6 }),
      (changes, store, projectId) => store.writeCalls(changes.map((one) => inProject(one, projectId))),
    ),
  },
  {
    weight: 1,
    arbitrary: op(
      "deleteCalls",
      fc.record({ callIds: fc.array(callId, { minLength: 1, maxLength: 2 }), now: instant }),
      async (given, store, projectId) => (await store.deleteCalls({ ...given, projectId })).toSorted(),
    ),
  },
  {
    weight: 1,
    arbitrary: op(
      "appendMessages",
      fc.record({ threadId: fc.constantFrom(...RECORD_IDS), now: instant }),
      (given, store, projectId) => store.appendMessages(append([message()], { ...given, projectId })),
    ),
  },
);

/** What must hold of transcripts and turns, whatever they are made of and in whatever order it comes. */
export function transcriptPropertyTests(test: DefineTest): void {
  test(
    "after anything, chats, transcripts and turns equal a recomputation",
    async ({ store }) => {
      const nextProject = projects();
      const changes = fc.array(change, { minLength: 1, maxLength: 12, size: "max" });
      await check(fc.tuple(changes, instant), async ([done, now]) => {
        const naive = createNaiveStore();
        const projectId = nextProject();
        for (const { name, run } of done) {
          const answer = await run(store, projectId).catch(nameOf);
          expect(answer, name).toEqual(await run(naive, projectId).catch(nameOf));
          expect(await everything(store, projectId, now), name).toEqual(
            await everything(naive, projectId, now),
          );
        }
      });
    },
    PROPERTY_TIMEOUT,
  );

  test(
    "spans in any order of arrival make the same transcripts and turns, which pages of any size make up",
    async ({ store }) => {
      const nextProject = projects();
      await check(
        fc.tuple(arrival, fc.integer({ min: 1, max: 3 })),
        async ([{ batches, otherwise }, size]) => {
          const [one, other] = [nextProject(), nextProject()];
          const naive = createNaiveStore();
          for (const spans of batches) {
            await store.writeSpans(spans.map((span) => ({ ...span, projectId: one })));
            await naive.writeSpans(spans.map((span) => ({ ...span, projectId: one })));
          }
          for (const spans of otherwise) {
            await store.writeSpans(spans.map((span) => ({ ...span, projectId: other })));
          }
          const whole = await everything(store, one, 0);
          expect(whole).toEqual(await everything(naive, one, 0));
          expect(whole).toEqual(await everything(store, other, 0));
          for (const threadId of THREAD_IDS) await expectPages(store, one, threadId, size);
        },
      );
    },
    PROPERTY_TIMEOUT,
  );
}

function nameOf(error: Error): string {
  return error.name;
}

/** All that a store says of the chats of a project, and all their messages and turns. */
export async function everything(store: Store, projectId: string, now: number, threadIds = RECORD_IDS) {
  const list = await readChats(store, chatQuery({ projectId, now }));
  const threads = threadIds.map(async (threadId) => {
    const at = { projectId, threadId, now };
    return {
      messages: await readMessages(store, messageQuery(at)).catch(nameOf),
      turns: await readTurns(store, turnQuery(at)).catch(nameOf),
      chat: await store.getChat(at),
    };
  });
  return { list, threads: await Promise.all(threads) };
}

/** Fails unless pages from both ends, by cursor and by offset, make up the transcript and the turns of a thread. */
async function expectPages(store: Store, projectId: string, threadId: string, limit: number): Promise<void> {
  if ((await store.getChat({ projectId, threadId, now: 0 })) === null) return;
  const at = { projectId, threadId, now: 0 };
  const { messages } = await readMessages(store, messageQuery(at));
  const { turns } = await readTurns(store, turnQuery(at));
  for (const from of ["oldest", "newest"] as const) {
    const ofMessages = await inPages(from, async (cursor) => {
      const page = await readMessages(store, messageQuery({ ...at, from, limit, cursor }));
      return { items: page.messages, hasMore: page.hasMore };
    });
    expect(ofMessages).toEqual(messages);
    const ofTurns = await inPages(from, async (cursor) => {
      const page = await readTurns(store, turnQuery({ ...at, from, limit, cursor }));
      return { items: page.turns, hasMore: page.hasMore };
    });
    expect(ofTurns).toEqual(turns);
    for (const offset of messages.keys()) {
      const page = await readMessages(store, messageQuery({ ...at, from, limit, offset }));
      const ahead = from === "oldest" ? messages : messages.toReversed();
      const expected = ahead.slice(offset, offset + limit);
      expect(page.messages).toEqual(from === "oldest" ? expected : expected.toReversed());
      expect(page).toMatchObject({ total: messages.length, hasMore: offset + limit < messages.length });
    }
  }
}

type Place = (number | string)[];

async function inPages<Item extends { place: Place }>(
  from: "oldest" | "newest",
  read: (cursor: Place | null) => Promise<{ items: Item[]; hasMore: boolean }>,
): Promise<Item[]> {
  let all: Item[] = [];
  for (let cursor: Place | null = null; ; ) {
    const { items, hasMore } = await read(cursor);
    all = from === "oldest" ? [...all, ...items] : [...items, ...all];
    if (!hasMore) return all;
    cursor = items.at(from === "oldest" ? -1 : 0)!.place;
  }
}
