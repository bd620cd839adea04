import fc from "fast-check";
import { AGENT_FEEDBACK_TYPES, type Feedback } from "../../../src/model/feedback/feedback.ts";
import type { Span, SpanMessage } from "../../../src/model/traces/span.ts";
import { AGENT_OPERATIONS, claim, feedback, span } from "../builders.ts";

/** The threads that arbitrary spans may belong to; ordered otherwise by UTF-16 units than by code points. */
export const THREAD_IDS = ["a", "\uFF5E", "\u{1F600}"];

/** The first comes more often than the other. */
const TRACE_IDS = ["x", "x", "x", "y"];
const SPAN_IDS = ["0", "1", "2", "3", "4", "5", "6", "7"];

/**
 * How far the parent's id is from the span's own: mostly before it, so that trees come more often than cycles; 0 is the
 * span itself, and past either end of the ids is a parent that never comes.
 */
const parentOffset = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 6, arbitrary: fc.integer({ min: -3, max: -1 }) },
  { weight: 2, arbitrary: fc.integer({ min: -7, max: 7 }) },
);

/** When arbitrary spans start and end. */
export const spanTime = fc.nat(6).map((step) => step * 700);

const nanos = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) });
const tokens = fc.constantFrom(null, null, null, 0, 1, 10, 100);
const bytes = fc.uint8Array({ max: 2, maxLength: 2 });

const spanMessage = (role: "user" | "assistant") =>
  fc
    .constantFrom("", " ", "hi", "some words")
    .map((text) => ({ role, text, json: JSON.stringify({ role, text }) }));

/** What a span or half of a call says: mostly nothing. */
export const saidByUser = fc.oneof(
  { weight: 2, arbitrary: fc.constant<SpanMessage[]>([]) },
  { weight: 1, arbitrary: fc.array(spanMessage("user"), { minLength: 1, maxLength: 2 }) },
);
export const saidByAssistant = fc.oneof(
  { weight: 2, arbitrary: fc.constant<SpanMessage[]>([]) },
  { weight: 1, arbitrary: spanMessage("assistant").map((message) => [message]) },
);
const name = fc.constantFrom(null, null, null, "user", "helper");

const content = fc.record({
  messages: fc.tuple(saidByUser, saidByAssistant).map((all) => all.flat()),
  agentName: name,
  model: name,
  startedAt: spanTime,
  startedAtNanos: nanos,
  endedAt: fc.option(spanTime, { freq: 3 }),
  endedAtNanos: nanos,
  status: fc.constantFrom("UNSET" as const, "OK" as const, "ERROR" as const),
  operationName: fc.oneof(fc.constantFrom("", "chat", "execute_tool"), fc.constantFrom(...AGENT_OPERATIONS)),
  threadClaim: fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...THREAD_IDS), fc.nat(2))
        .map(([threadId, rank]) => claim(threadId, rank)),
    },
  ),
  isTurn: fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.boolean() }),
  inputTokens: tokens,
  outputTokens: tokens,
});

/**
 * A version of a span out of a few traces, ids and instants, so that versions, parents, cycles and ties meet often.
 * Its payload holds its content behind a few free bytes, so that versions alike in payload are alike in all.
 */
export const version: fc.Arbitrary<Span> = fc
  .record({
    index: fc.nat(SPAN_IDS.length - 1),
    traceId: fc.constantFrom(...TRACE_IDS),
    parentOffset,
    content,
    salt: bytes,
    origin: bytes,
  })
  .map(({ index, traceId, parentOffset, content, salt, origin }) => {
    const parentSpanId = parentOffset === null ? null : (SPAN_IDS[index + parentOffset] ?? "never comes");
    const made = span({ traceId, spanId: SPAN_IDS[index]!, parentSpanId, ...content, origin });
    return { ...made, payload: Buffer.concat([salt, made.payload]) };
  });

/** Spans as they may reach a store: in batches of any size and order, some of them more than once. */
export interface Arrival {
  batches: Span[][];
  /** The same versions otherwise: shuffled, split and repeated in another way. */
  otherwise: Span[][];
}

const places = fc.array(fc.nat(30), { maxLength: 6 });

export const arrival: fc.Arbitrary<Arrival> = fc
  .record({
    versions: fc.array(fc.record({ version, place: fc.nat() }), { minLength: 1, maxLength: 24, size: "max" }),
    again: places,
    cuts: places,
    otherAgain: places,
    otherCuts: places,
  })
  .map(({ versions, again, cuts, otherAgain, otherCuts }) => {
    const shuffled = versions.toSorted((a, b) => a.place - b.place);
    const repeat = (all: typeof versions, at: number[]) =>
      [...all, ...at.map((place) => all[place % all.length]!)].map((each) => each.version);
    return {
      batches: split(repeat(versions, again), cuts),
      otherwise: split(repeat(shuffled, otherAgain), otherCuts),
    };
  });

function split(spans: Span[], cuts: number[]): Span[][] {
  const ends = [0, ...cuts.toSorted((a, b) => a - b), spans.length];
  return ends.slice(1).map((end, index) => spans.slice(ends[index], end));
}

/** Feedback on conversations, traces and other things, as those of an arrival are called. */
export const feedbacks: fc.Arbitrary<Feedback[]> = fc
  .array(
    fc.record({
      createdAt: fc.nat(2),
      feedbackType: fc.constantFrom(...AGENT_FEEDBACK_TYPES, "wandb.note.1"),
      target: fc.record({
        kind: fc.constantFrom("conversation", "turn", "span", "call", "other"),
        id: fc.constantFrom(...THREAD_IDS, ...TRACE_IDS),
      }),
    }),
    { maxLength: 12 },
  )
  .map((all) => all.map((each, index) => feedback({ ...each, id: `${index}`, tags: [`${index}`] })));

/** When arbitrary turns start and end. */
export const turnTime = fc.nat(3).map((step) => step * 1_000);

/** Threads of a turn or two each, alike in many of their statistics: what paging must keep apart. */
export const threads: fc.Arbitrary<Span[]> = fc
  .array(
    fc.record({
      threadId: fc.constantFrom(
        "a",
        "A",
        "b",
        "ab",
        "a\u0000",
        "é",
        "\uFF5E",
        "\u{1F600}",
        "'; --",
        "9",
        "10",
      ),
      startedAt: turnTime,
      endedAt: fc.option(turnTime, { freq: 2 }),
    }),
    { maxLength: 30, size: "max" },
  )
  .map((turns) =>
    turns.map(({ threadId, startedAt, endedAt }, index) =>
      span({ traceId: `${index}`, spanId: `${index % 7}`, thread: threadId, startedAt, endedAt }),
    ),
  );

const duration = fc.oneof(fc.nat(4), fc.nat(500)).map((ms) => ms * 1_000);

/**
 * A long thread and a short one, whose turns come, then move, grow, shrink and end, each version winning over the ones
 * before it; enough turns for the 99th percentile to leave the last two. In batches.
 */
export const turnChanges: fc.Arbitrary<Span[][]> = fc
  .record({
    first: fc.array(duration, { maxLength: 130, size: "max" }),
    changes: fc.array(
      fc.record({
        turn: fc.nat(140),
        duration: fc.option(duration, { freq: 8 }),
        threadClaim: fc.constantFrom(claim("long"), claim("long"), claim("short"), null),
      }),
      { maxLength: 60, size: "max" },
    ),
    cuts: fc.array(fc.nat(200), { maxLength: 8 }),
  })
  .map(({ first, changes, cuts }) => {
    const coming = first.map((duration, turn) => ({ turn, duration, threadClaim: claim("long") }));
    const spans = [...coming, ...changes].map(({ turn, duration, threadClaim }, index) => {
      const endedAt = 1_000_000 + index * 1_000;
      const times = { startedAt: endedAt - (duration ?? 0), endedAt: duration === null ? null : endedAt };
      return span({ traceId: `${turn}`, spanId: `${turn}`, threadClaim, ...times });
    });
    return split(spans, cuts);
  });
