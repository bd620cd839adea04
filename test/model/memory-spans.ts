import { compareCodePoints } from "../../src/model/base/code-points.ts";
import { durationMilliseconds } from "../../src/model/base/instant.ts";
import type { Blanks } from "../../src/model/base/replay.ts";
import type { DurationPlace } from "../../src/model/threads/quantile-place.ts";
import {
  followStatistics,
  type KeptStatistics,
  type ThreadChanges,
  type TimedTurn,
  type TurnAt,
  type TurnOrder,
} from "../../src/model/threads/statistics.ts";
import type { TraceSource } from "../../src/model/traces/graph.ts";
import {
  factsOf,
  type IncomingTrace,
  incomingTraces,
  isWinner,
  type StoredVersion,
} from "../../src/model/traces/incoming.ts";
import type { ThreadKey, TraceNode } from "../../src/model/traces/node.ts";
import type { Part } from "../../src/model/traces/part.ts";
import type { Span } from "../../src/model/traces/span.ts";
import type { TurnChange } from "../../src/model/traces/turns.ts";
import { type TraceUpdate, updateTrace } from "../../src/model/traces/update.ts";
import { type AddedSpan, speechOfAdded, type TurnSpeech } from "../../src/model/transcripts/turn-speech.ts";
import {
  type SummaryChange,
  summarizeTurn,
  TITLED,
  type TurnSummary,
} from "../../src/model/transcripts/turn-summary.ts";
import {
  concernsTranscript,
  type FoundTurn,
  followTurns,
  NO_TURNS,
  type TurnEdges,
  type TurnsTranscript,
} from "../../src/model/transcripts/turns-transcript.ts";

/** How questions are asked: whatever the way, the result must be that of running over the source itself. */
export type Ask = <Source extends { [Name in keyof Source]: (...asked: never[]) => unknown }, Result>(
  source: Source,
  blanks: Blanks<Source>,
  run: (source: Source) => Result,
) => Promise<Result>;

interface StoredSpan {
  row: number;
  traceId: string;
  span: Span;
  node: TraceNode;
  messageRows: number[];
}

interface StoredTurn extends TimedTurn {
  id: number;
  thread: ThreadKey;
  traceId: string;
  key: string;
}

interface PartSource extends TraceSource {
  part(thread: ThreadKey): Part | null;
}

const NO_STATISTICS: KeptStatistics = {
  spanCount: 0,
  inputTokens: 0,
  outputTokens: 0,
  turnCount: 0,
  endedCount: 0,
  first: null,
  last: null,
  p50: { value: null, duration: 0, turn: 0, below: 0 },
  p99: { value: null, duration: 0, turn: 0, below: 0 },
};

/**
 * An engine of maps for the spans of one project, and what the model makes of them: it answers the model's questions by
 * looking through all there is.
 */
export function createMemorySpans(ask: Ask) {
  const threadIds: string[] = [];
  const traceIds: string[] = [];
  const spans = new Map<string, StoredSpan>();
  const parts = new Map<string, Part>();
  const turns = new Map<number, StoredTurn>();
  const summaries = new Map<number, TurnSummary>();
  const statistics = new Map<ThreadKey, KeptStatistics>();
  const transcripts = new Map<ThreadKey, TurnsTranscript>();
  const texts = new Map<number, string>();
  let lastRow = 0;

  const keyIn = (names: string[], name: string) => {
    if (!names.includes(name)) names.push(name);
    return names.indexOf(name);
  };
  const spansIn = (traceId: string) => [...spans.values()].filter((span) => span.traceId === traceId);
  const findTurn = (traceId: string, thread: ThreadKey, key: string) =>
    [...turns.values()].find(
      (turn) => turn.traceId === traceId && turn.thread === thread && turn.key === key,
    );

  function traceSource(traceId: string): PartSource {
    const nodes = () => spansIn(traceId).map(({ node }) => node);
    return {
      span: (spanId) => nodes().find((node) => node.spanId === spanId) ?? null,
      children: (spanId) => nodes().filter((node) => node.parentSpanId === spanId),
      belongingTo: (thread) => nodes().filter((node) => node.thread === thread),
      part: (thread) => parts.get(`${traceId}/${thread}`) ?? null,
    };
  }

  const turnsOf = (thread: ThreadKey) => [...turns.values()].filter((turn) => turn.thread === thread);
  const sortedAt = (thread: ThreadKey, field: "startedAt" | "endedAt"): TurnAt[] =>
    turnsOf(thread)
      .flatMap(({ turnId, [field]: at }) => (at === null ? [] : { turnId, at }))
      .toSorted((a, b) => a.at - b.at || compareCodePoints(a.turnId, b.turnId));
  const isBefore = (a: DurationPlace, b: DurationPlace) =>
    a.duration < b.duration || (a.duration === b.duration && a.turn < b.turn);
  const ended = (thread: ThreadKey): DurationPlace[] =>
    turnsOf(thread)
      .flatMap(({ id, durationMs }) => (durationMs === null ? [] : { duration: durationMs, turn: id }))
      .toSorted((a, b) => a.duration - b.duration || a.turn - b.turn);
  const order: TurnOrder = {
    firstStart: (thread) => sortedAt(thread, "startedAt")[0] ?? null,
    lastEnd: (thread) => sortedAt(thread, "endedAt").at(-1) ?? null,
    lastStart: (thread) => sortedAt(thread, "startedAt").at(-1) ?? null,
    endedFrom: (thread, place, steps) =>
      ended(thread)
        .filter((each) => !isBefore(each, place))
        .slice(steps, steps + 2),
    endedBefore: (thread, place, steps) =>
      ended(thread)
        .filter((each) => isBefore(each, place))
        .at(-1 - steps) ?? null,
  };

  const said = ({ row: id, span, node }: StoredSpan) => ({
    id,
    says: node.says,
    agent: span.agentName,
    model: span.model,
    at: span.endedAt ?? span.startedAt,
  });
  const saidIn = (turn: { id: number }) => {
    const { traceId, thread, key } = turns.get(turn.id)!;
    return spansIn(traceId)
      .filter(({ node }) => node.thread === thread && node.turn === key)
      .toSorted(
        ({ span: a }, { span: b }) => a.startedAt - b.startedAt || compareCodePoints(a.spanId, b.spanId),
      )
      .map(said);
  };
  const messagesOf = (row: number, role: string) => {
    const stored = [...spans.values()].find((span) => span.row === row);
    const all =
      stored?.span.messages.map((message, at) => ({ ...message, id: stored.messageRows[at]! })) ?? [];
    return all.filter((message) => message.role === role).map(({ id, text }) => ({ id, text }));
  };
  const speech: TurnSpeech = {
    own: ({ trace, turnId }) => said(spans.get(`${traceIds[trace]}/${turnId}`)!),
    earliest: (turn, says) => saidIn(turn).find((span) => span.says & says) ?? null,
    latest: (turn, says) => saidIn(turn).findLast((span) => span.says & says) ?? null,
    firstMessage: (row, role) => messagesOf(row, role)[0] ?? null,
    lastMessage: (row, role) => messagesOf(row, role).at(-1) ?? null,
  };

  const summed = (thread: ThreadKey, has: (summary: TurnSummary) => boolean) =>
    turnsOf(thread)
      .flatMap(({ id, traceId }) => ({ id, traceId, ...summaries.get(id)! }))
      .filter(has)
      .toSorted(
        (a, b) =>
          a.startedAt - b.startedAt ||
          compareCodePoints(a.turnId, b.turnId) ||
          compareCodePoints(a.traceId, b.traceId),
      );
  const found = <Turn extends { id: number; startedAt: number }>(
    turn: Turn | undefined,
    by: (turn: Turn) => string,
  ): (Turn & FoundTurn) | null => (turn ? { ...turn, found: by(turn) } : null);
  const edges: TurnEdges = {
    firstTitled: (thread) =>
      found(summed(thread, ({ says }) => (says & TITLED) > 0)[0], ({ asked }) => texts.get(asked!)!),
    lastSaying(thread) {
      const turn = found(
        summed(thread, ({ says }) => says > 0).at(-1),
        ({ asked, answered }) => texts.get((answered ?? asked)!)!,
      );
      return turn && { ...turn, isAnswer: turn.answered !== null };
    },
    lastNaming: (thread, what) =>
      found(summed(thread, ({ [what]: name }) => name !== null).at(-1), ({ [what]: name }) => name!),
  };

  /** What a batch changed, by threads; written when all of it is there. */
  function createChanges() {
    const changes = new Map<ThreadKey, ThreadChanges & { ofSummaries: SummaryChange[] }>();
    return {
      changes,
      of(thread: ThreadKey) {
        const known = changes.get(thread) ?? {
          totals: { spanCount: 0, inputTokens: 0, outputTokens: 0 },
          turns: [],
          ofSummaries: [],
        };
        changes.set(thread, known);
        return known;
      },
      summary(thread: ThreadKey, change: SummaryChange, says: number) {
        if (concernsTranscript(change, says)) this.of(thread).ofSummaries.push(change);
      },
    };
  }
  type Changes = ReturnType<typeof createChanges>;

  function writeTurn(traceId: string, { thread, key, turn }: TurnChange, changes: Changes): void {
    const stored = findTurn(traceId, thread, key);
    if (turn === null) {
      if (!stored) return;
      const { id } = stored;
      turns.delete(id);
      changes.of(thread).turns.push({ id, before: stored, after: null });
      const before = summaries.get(id);
      if (before) changes.summary(thread, { id, before, after: null, texts: null }, 0);
      summaries.delete(id);
      return;
    }
    const { turnId, startedAt, endedAt } = turn;
    const durationMs = endedAt === null ? null : durationMilliseconds(startedAt, endedAt);
    const id = stored?.id ?? ++lastRow;
    const after = { id, thread, traceId, key, turnId, startedAt, endedAt, durationMs };
    turns.set(id, after);
    changes.of(thread).turns.push({ id, before: stored ?? null, after });
  }

  /** Writes the spans of an update; returns those that were not there before. */
  function writeSpans(traceId: string, update: TraceUpdate, winners: Span[]): AddedSpan[] {
    const added: AddedSpan[] = [];
    for (const node of update.spans) {
      const name = `${traceId}/${node.spanId}`;
      const stored = spans.get(name);
      const came = winners.find(({ spanId }) => spanId === node.spanId);
      if (!came) {
        spans.set(name, { ...stored!, node });
        continue;
      }
      const messageRows = came.messages.map(({ text }) => {
        texts.set(++lastRow, text);
        return lastRow;
      });
      const row = stored?.row ?? ++lastRow;
      spans.set(name, { row, traceId, span: came, node, messageRows });
      if (!stored) added.push({ span: came, messageRows });
    }
    return added;
  }

  async function summarize(traceId: string, update: TraceUpdate, added: AddedSpan[], changes: Changes) {
    for (const share of update.shares) {
      const { thread, key } = share;
      const found = findTurn(traceId, thread, key);
      if (!found) continue;
      const { id, turnId, startedAt, endedAt, durationMs: responseMs } = found;
      const turn = { id, trace: traceIds.indexOf(traceId), turnId, isGroup: key === "" };
      const times = { turnId, startedAt, endedAt, responseMs };
      const before = summaries.get(id) ?? null;
      const members = update.spans.filter((node) => node.thread === thread && node.turn === key);
      const fresh = added.filter(({ span }) => members.some(({ spanId }) => spanId === span.spanId));
      const summary = (speech: TurnSpeech) => summarizeTurn(turn, times, before, share, speech);
      const isNew = before === null && fresh.length === share.spanCount;
      const change = isNew ? summary(speechOfAdded(fresh)) : await ask(speech, SILENT, summary);
      summaries.set(id, change.after);
      changes.summary(thread, change, share.said);
    }
  }

  async function writeTrace({ traceId, versions }: IncomingTrace, changes: Changes): Promise<void> {
    keyIn(traceIds, traceId);
    const stored = {
      version(spanId: string): StoredVersion | null {
        const span = spans.get(`${traceId}/${spanId}`)?.span;
        return span ? { ...span, isCall: span.call !== undefined } : null;
      },
    };
    const winners = await ask(stored, { version: null }, ({ version }) =>
      versions.filter((span) => isWinner(span, version)),
    );
    const facts = winners.map((span) => factsOf(span, (threadId) => keyIn(threadIds, threadId)));
    const update = await ask(traceSource(traceId), NO_SPANS, (source) =>
      updateTrace(source, source.part, facts),
    );
    for (const change of update.turns) writeTurn(traceId, change, changes);
    for (const [thread, part] of update.parts) {
      if (part.spans === 0) parts.delete(`${traceId}/${thread}`);
      else parts.set(`${traceId}/${thread}`, part);
    }
    await summarize(traceId, update, writeSpans(traceId, update, winners), changes);
    for (const [thread, { spanCount, inputTokens, outputTokens }] of update.totals) {
      const { totals } = changes.of(thread);
      totals.spanCount += spanCount;
      totals.inputTokens += inputTokens;
      totals.outputTokens += outputTokens;
    }
  }

  return {
    async write(batch: Span[]): Promise<void> {
      const changes = createChanges();
      for (const trace of incomingTraces(batch)) await writeTrace(trace, changes);
      for (const [thread, { totals, turns, ofSummaries }] of changes.changes) {
        const kept = statistics.get(thread) ?? NO_STATISTICS;
        const transcript = transcripts.get(thread) ?? NO_TURNS;
        statistics.set(
          thread,
          await ask(order, NO_ORDER, (source) => followStatistics(thread, kept, { totals, turns }, source)),
        );
        if (ofSummaries.length === 0) continue;
        transcripts.set(
          thread,
          await ask(edges, NO_EDGES, (source) => followTurns(thread, transcript, ofSummaries, source)),
        );
      }
    },
    /** All that the model made of the spans. */
    state: () => ({ spans, parts, turns, summaries, statistics, transcripts }),
    statisticsOf: (threadId: string) => statistics.get(threadIds.indexOf(threadId)),
  };
}

const NO_SPANS: Blanks<PartSource> = { span: null, children: [], belongingTo: [], part: null };
const NO_ORDER: Blanks<TurnOrder> = {
  firstStart: null,
  lastEnd: null,
  lastStart: null,
  endedFrom: [],
  endedBefore: null,
};
const SILENT: Blanks<TurnSpeech> = {
  own: { id: -1, says: 0, agent: null, model: null, at: 0 },
  earliest: null,
  latest: null,
  firstMessage: null,
  lastMessage: null,
};
const NO_EDGES: Blanks<TurnEdges> = { firstTitled: null, lastSaying: null, lastNaming: null };
