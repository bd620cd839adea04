import { keyOfChange, spansOfStarts } from "../../src/model/calls/call.ts";
import type { FeedbackTarget } from "../../src/model/feedback/feedback.ts";
import type { Span } from "../../src/model/traces/span.ts";
import { AlreadyExistsError, StoreUnavailableError } from "../../src/store/errors.ts";
import type { ConversationSpans } from "../../src/store/roles/spans.ts";
import type { ProjectMover } from "../../src/store/roles/transfer.ts";
import type { Store } from "../../src/store/store.ts";
import { createNaiveCalls, isSameSpan } from "./naive/calls.ts";
import { createNaiveChats } from "./naive/chat-store.ts";
import { createNaiveContent, type NaiveContent } from "./naive/content.ts";
import { selectConversations } from "./naive/conversations.ts";
import { selectFeedback } from "./naive/feedback.ts";
import { createNaiveKeys } from "./naive/keys.ts";
import { createNaiveMover } from "./naive/mover.ts";
import { threadsOf } from "./naive/project.ts";
import { createNaiveRecords, type NaiveData } from "./naive/record-store.ts";
import { isGone } from "./naive/records.ts";
import { selectThreads } from "./naive/threads.ts";

/** Threads in a batch, and spans in a part of a conversation. */
const BATCH_SIZE = 200;

/**
 * A store that keeps every version of every span it was given and works out each answer from all of them, rule by
 * rule, with nothing kept in between. Slow, in memory and plainly right: what an engine is compared with.
 */
export function createNaiveStore(): Store {
  const data: NaiveData = { versions: [], feedback: [], records: [], calls: [] };
  const content: NaiveContent = { files: [], objects: [], removals: [], tables: [], documents: [] };
  let closed = false;

  function mustBeOpen() {
    if (closed) throw new StoreUnavailableError("the store is closed");
  }

  const { expireWhere, ...records } = createNaiveRecords(data, mustBeOpen);

  function goneThreads(projectId: string, now: number): Set<string> {
    const gone = data.records.filter((record) => record.projectId === projectId && isGone(record, now));
    return new Set(gone.map(({ threadId }) => threadId));
  }

  /** Whether what feedback is on goes with some threads: the conversation, the whole turn, or the call. */
  function goes(projectId: string, { kind, id }: FeedbackTarget, gone: Set<string>): boolean {
    if (kind === "conversation") return gone.has(id);
    if (kind === "turn") {
      const parts = [...threadsOf(projectId, data.versions)].filter(([, { spans }]) =>
        spans.some(({ span }) => span.traceId === id),
      );
      return parts.length > 0 && parts.every(([threadId]) => gone.has(threadId));
    }
    const call = data.calls.find((each) => each.projectId === projectId && each.callId === id);
    return kind !== "other" && gone.has(call?.parts.start?.threadId ?? "");
  }

  /** The threads of a project that spans make and that are not hidden, and the feedback on what is not. */
  function shown(projectId: string, now: number) {
    const gone = goneThreads(projectId, now);
    const threads = [...threadsOf(projectId, data.versions)].filter(([threadId]) => !gone.has(threadId));
    const feedback = data.feedback.filter(
      ({ target }) => target.kind !== "conversation" || !gone.has(target.id),
    );
    return { threads: new Map(threads), feedback };
  }

  /** Lets the threads expire that spans claim, or that have spans in their traces. */
  function expireTouchedBy(spans: Span[], now: number) {
    expireWhere(now, ({ projectId, threadId }) => {
      const ofProject = spans.filter((span) => span.projectId === projectId);
      const own = threadsOf(projectId, data.versions).get(threadId)?.spans ?? [];
      return ofProject.some(
        ({ threadClaim, traceId }) =>
          threadClaim?.threadId === threadId || own.some(({ span }) => span.traceId === traceId),
      );
    });
  }

  const { withBelow, ...calls } = createNaiveCalls(data, mustBeOpen);

  const store: Omit<Store, keyof ProjectMover> = {
    ...records,
    ...createNaiveChats(data, records),
    ...createNaiveContent(content, mustBeOpen),
    ...calls,

    async writeCalls(changes, now = Number.NEGATIVE_INFINITY) {
      mustBeOpen();
      expireTouchedBy(spansOfStarts(changes), now);
      const keys = changes.map(keyOfChange);
      expireWhere(now, ({ projectId, threadId }) =>
        data.calls.some(
          (call) =>
            call.projectId === projectId &&
            call.parts.start?.threadId === threadId &&
            keys.some((key) => key.projectId === projectId && key.callId === call.callId),
        ),
      );
      await calls.writeCalls(changes);
    },

    async deleteCalls(which) {
      mustBeOpen();
      const doomed = [...withBelow(which)];
      expireWhere(which.now, ({ projectId, threadId }) =>
        doomed.some((call) => call.projectId === projectId && call.parts.start?.threadId === threadId),
      );
      return calls.deleteCalls(which);
    },
    ...createNaiveKeys(mustBeOpen),

    async writeSpans(spans, now = Number.NEGATIVE_INFINITY) {
      mustBeOpen();
      expireTouchedBy(spans, now);
      const calls = data.versions.filter((version) => version.call);
      const yielding = (span: Span) => calls.some((call) => isSameSpan(call, span));
      data.versions = data.versions.concat(spans.filter((span) => !yielding(span)));
    },

    async createFeedback(...all) {
      mustBeOpen();
      const before = { ...data };
      for (const given of all) {
        const { projectId: of, target, createdAt } = given;
        expireWhere(
          createdAt,
          ({ projectId, threadId }) =>
            projectId === of && target.kind === "conversation" && target.id === threadId,
        );
        if (data.feedback.some(({ projectId, id }) => projectId === of && id === given.id)) {
          Object.assign(data, before);
          throw new AlreadyExistsError(`there is feedback ${given.id} already`);
        }
        data.feedback = [...data.feedback, given];
      }
    },

    async deleteFeedback({ projectId, ids }) {
      mustBeOpen();
      data.feedback = data.feedback.filter((each) => each.projectId !== projectId || !ids.includes(each.id));
    },

    async *queryFeedback(query, { signal } = {}) {
      mustBeOpen();
      const gone = goneThreads(query.projectId, query.now);
      const all = data.feedback.filter(({ target }) => !goes(query.projectId, target, gone));
      for (const batch of inBatches(selectFeedback(all, query))) {
        signal?.throwIfAborted();
        yield batch;
      }
    },

    async *queryThreads(query, { signal } = {}) {
      mustBeOpen();
      const { threads } = shown(query.projectId, query.now);
      const rows = selectThreads([...threads.values()], query);
      for (const batch of inBatches(rows)) {
        signal?.throwIfAborted();
        yield batch;
      }
    },

    async *querySpans(query, { signal } = {}) {
      mustBeOpen();
      const { threads, feedback } = shown(query.projectId, query.now);
      const conversations = selectConversations(threads, feedback, query);
      for (const part of conversations.flatMap(inParts)) {
        signal?.throwIfAborted();
        yield [part];
      }
    },

    async isEmpty() {
      mustBeOpen();
      const { removals: _, ...held } = { ...data, ...content };
      return Object.values(held).every((each) => each.length === 0);
    },

    async derivations() {
      mustBeOpen();
      return [];
    },

    watchHealth(listener) {
      mustBeOpen();
      listener(null);
      return () => {};
    },

    async close() {
      closed = true;
    },
  };
  return { ...store, ...createNaiveMover(data, content, store, mustBeOpen) };
}

function inBatches<T>(all: T[]): T[][] {
  const count = Math.ceil(all.length / BATCH_SIZE);
  return Array.from({ length: count }, (_, index) => all.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE));
}

function inParts(whole: ConversationSpans): ConversationSpans[] {
  const batches = whole.spans.length === 0 ? [[]] : inBatches(whole.spans);
  return batches.map((spans, index) => {
    const continues = index < batches.length - 1;
    return { ...whole, spans, feedback: continues ? [] : whole.feedback, continues };
  });
}
