import fc from "fast-check";
import type { Span } from "../../../src/model/span.ts";
import { AGENT_LEVEL_OPERATIONS } from "../../../src/model/turn-rules.ts";
import { claim, span } from "../builders.ts";

/** The threads that arbitrary spans may belong to; ordered otherwise by UTF-16 units than by code points. */
export const THREAD_IDS = ["a", "\uFF5E", "\u{1F600}"];

const SPAN_IDS = ["0", "1", "2", "3", "4", "5", "6", "7"];

/** An id of another span, now and then of the span itself or of one that never comes. */
function parentOf(spanId: string): fc.Arbitrary<string | null> {
  const smaller = SPAN_IDS.slice(0, SPAN_IDS.indexOf(spanId));
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    { weight: 6, arbitrary: smaller.length > 0 ? fc.constantFrom(...smaller) : fc.constant(null) },
    { weight: 2, arbitrary: fc.constantFrom(...SPAN_IDS) },
    { weight: 1, arbitrary: fc.constant("never comes") },
  );
}

const instant = fc.nat(6).map((step) => step * 700);
const nanos = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) });
const tokens = fc.constantFrom(null, null, null, 0, 1, 10, 100);
const bytes = fc.uint8Array({ max: 2, maxLength: 2 });

const content = fc.record({
  startedAt: instant,
  startedAtNanos: nanos,
  endedAt: fc.option(instant, { freq: 3 }),
  endedAtNanos: nanos,
  status: fc.constantFrom("UNSET" as const, "OK" as const, "ERROR" as const),
  operationName: fc.oneof(
    fc.constantFrom("", "chat", "execute_tool"),
    fc.constantFrom(...AGENT_LEVEL_OPERATIONS),
  ),
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
const version: fc.Arbitrary<Span> = fc
  .constantFrom(...SPAN_IDS)
  .chain((spanId) =>
    fc.record({
      content,
      spanId: fc.constant(spanId),
      traceId: fc.oneof(
        { weight: 3, arbitrary: fc.constant("x") },
        { weight: 1, arbitrary: fc.constant("y") },
      ),
      parentSpanId: parentOf(spanId),
      salt: bytes,
      origin: bytes,
    }),
  )
  .map(({ content, salt, origin, ...identity }) => {
    const made = span({ ...identity, ...content, origin });
    return { ...made, payload: Buffer.concat([salt, made.payload]) };
  });

/** Spans as they may reach a store: in batches of any size and order, some of them more than once. */
export interface Arrival {
  batches: Span[][];
  /** The same versions otherwise: shuffled, split and repeated in another way. */
  otherwise: Span[][];
}

const cuts = fc.array(fc.nat(30), { maxLength: 6 });

export const arrival: fc.Arbitrary<Arrival> = fc
  .array(version, { minLength: 1, maxLength: 24 })
  .chain((versions) => {
    const again = fc.subarray(versions, { maxLength: 4 });
    const inAnyOrder = again.chain((repeated) => {
      const all = [...versions, ...repeated];
      return fc.shuffledSubarray(all, { minLength: all.length });
    });
    return fc.record({
      batches: fc
        .tuple(fc.constant(versions), again, cuts)
        .map(([first, then, at]) => split([...first, ...then], at)),
      otherwise: fc.tuple(inAnyOrder, cuts).map(([all, at]) => split(all, at)),
    });
  });

function split(spans: Span[], cutsAt: number[]): Span[][] {
  const places = [0, ...cutsAt.toSorted((a, b) => a - b), spans.length];
  return places.slice(1).map((end, index) => spans.slice(places[index], end));
}

/** Threads of a turn or two each, alike in many of their statistics: what paging must keep apart. */
export const threads: fc.Arbitrary<Span[]> = fc
  .array(
    fc.record({
      threadId: fc.constantFrom(
        "",
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
      startedAt: fc.nat(3).map((step) => step * 1_000),
      endedAt: fc.option(
        fc.nat(3).map((step) => step * 1_000),
        { freq: 2 },
      ),
    }),
    { maxLength: 30 },
  )
  .map((turns) =>
    turns.map(({ threadId, startedAt, endedAt }, index) =>
      span({ traceId: `${index}`, spanId: `${index % 7}`, thread: threadId, startedAt, endedAt }),
    ),
  );
