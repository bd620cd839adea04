import type { FeedbackTarget } from "../../src/model/feedback/feedback.ts";
import type { Span } from "../../src/model/traces/span.ts";
import { AlreadyExistsError } from "../../src/store/errors.ts";
import type { ConversationSpans } from "../../src/store/roles/spans.ts";
import type { Store } from "../../src/store/store.ts";
import { keyOf, spanOf } from "./naive/call-span.ts";
import { createNaiveCalls, isSameSpan } from "./naive/calls.ts";
import { createNaiveChats } from "./naive/chat-store.ts";
import { createNaiveContent } from "./naive/content.ts";
import { selectConversations } from "./naive/conversations.ts";
import { type NaiveData, noData } from "./naive/data.ts";
import { selectFeedback } from "./naive/feedback.ts";
import { createNaiveKeys } from "./naive/keys.ts";
import { createNaiveMover } from "./naive/mover.ts";
import type { PlainStore } from "./naive/plain.ts";
import { threadsOf } from "./naive/project.ts";
import { createNaiveRecords } from "./naive/record-store.ts";
import { isGone } from "./naive/records.ts";
import { inRounds, type Round } from "./naive/rounds.ts";
import { selectThreads } from "./naive/threads.ts";

/** Threads in a batch, and spans in a part of a conversation. */
const BATCH_SIZE = 200;

/**
 * A store that keeps what came and works out each answer from all of it, from the definitions and in code of its own,
 * with nothing kept in between. Slow, in memory and plainly right: what an engine is compared with (`naive/README.md`).
 *
 * @param round in which it answers: at once, or always later than it was asked, as a store does that must load first
 */
export function createNaiveStore(round: Round = "first"): Store {
  return inRounds(noData(), round, operationsOn);
}

function operationsOn(data: NaiveData): PlainStore {
  const { expireWhere, seen, ...ofRecords } = createNaiveRecords(data);
  const { withBelow, ...calls } = createNaiveCalls(data);

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
    return kind !== "other" && gone.has(call?.start?.threadId ?? "");
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

  function writeSpans(spans: Span[], now = Number.NEGATIVE_INFINITY): void {
    expireTouchedBy(spans, now);
    const calls = data.versions.filter((version) => version.call);
    const yielding = (span: Span) => calls.some((call) => isSameSpan(call, span));
    data.versions = data.versions.concat(spans.filter((span) => !yielding(span)));
  }

  const writeCalls: PlainStore["writeCalls"] = (changes, now = Number.NEGATIVE_INFINITY) => {
    const starts = changes.flatMap((change) => ("start" in change ? change.start : []));
    expireTouchedBy(
      starts.flatMap((start) => spanOf({ ...start, start, end: null, givenName: null })),
      now,
    );
    const keys = changes.map(keyOf);
    expireWhere(now, ({ projectId, threadId }) =>
      data.calls.some(
        (call) =>
          call.projectId === projectId &&
          call.start?.threadId === threadId &&
          keys.some((key) => key.projectId === projectId && key.callId === call.callId),
      ),
    );
    calls.writeCalls(changes);
  };

  return {
    ...ofRecords,
    ...createNaiveChats(data, { ...ofRecords, expireWhere, seen }),
    ...createNaiveContent(data),
    ...createNaiveKeys(data),
    ...calls,

    writeSpans,
    writeCalls,
    ...createNaiveMover(data, { writeSpans, writeCalls }),

    deleteCalls(which) {
      const doomed = [...withBelow(which)];
      expireWhere(which.now, ({ projectId, threadId }) =>
        doomed.some((call) => call.projectId === projectId && call.start?.threadId === threadId),
      );
      return calls.deleteCalls(which);
    },

    createFeedback(...all) {
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

    deleteFeedback({ projectId, ids }) {
      data.feedback = data.feedback.filter((each) => each.projectId !== projectId || !ids.includes(each.id));
    },

    queryFeedback(query) {
      const gone = goneThreads(query.projectId, query.now);
      const all = data.feedback.filter(({ target }) => !goes(query.projectId, target, gone));
      return inBatches(selectFeedback(all, query));
    },

    queryThreads(query) {
      const { threads } = shown(query.projectId, query.now);
      return inBatches(selectThreads([...threads.values()], query));
    },

    querySpans(query) {
      const { threads, feedback } = shown(query.projectId, query.now);
      return selectConversations(threads, feedback, query)
        .flatMap(inParts)
        .map((part) => [part]);
    },

    isEmpty() {
      const { removals: _removals, keys: _keys, ...held } = data;
      return Object.values(held).every((each) => each.length === 0);
    },

    derivations: () => [],
  };
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
