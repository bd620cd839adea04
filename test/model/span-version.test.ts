import fc from "fast-check";
import { expect, it } from "vitest";
import type { Span } from "../../src/model/traces/span.ts";
import { compareVersions } from "../../src/model/traces/span-version.ts";
import { type SpanInput, span } from "../store/builders.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const same = { startedAt: 1_000, endedAt: 5_000, payload: bytes(1) };

it.each<{ rule: string; winner: SpanInput; loser: SpanInput }>([
  {
    rule: "ended beats running, however early it ended",
    winner: { startedAt: 0, endedAt: 0, payload: bytes() },
    loser: { startedAt: 9_000, endedAt: null, payload: bytes(9) },
  },
  {
    rule: "the later end wins over a later start",
    winner: { startedAt: 1_000, endedAt: 5_001 },
    loser: { startedAt: 2_000, endedAt: 5_000 },
  },
  {
    rule: "the end counts in nanoseconds",
    winner: { startedAt: 1_000, endedAt: 5_000, endedAtNanos: 2 },
    loser: { startedAt: 2_000, endedAt: 5_000, endedAtNanos: 1 },
  },
  {
    rule: "microseconds of the end count before its nanoseconds",
    winner: { endedAt: 5_001, endedAtNanos: 0 },
    loser: { endedAt: 5_000, endedAtNanos: 999 },
  },
  {
    rule: "of equal ends the later start wins over a greater payload",
    winner: { startedAt: 1_001, endedAt: 5_000, payload: bytes(1) },
    loser: { startedAt: 1_000, endedAt: 5_000, payload: bytes(2) },
  },
  {
    rule: "the start counts in nanoseconds",
    winner: { ...same, startedAtNanos: 1, payload: bytes(1) },
    loser: { ...same, startedAtNanos: 0, payload: bytes(2) },
  },
  {
    rule: "of two running versions the later start wins",
    winner: { startedAt: 1_001, endedAt: null },
    loser: { startedAt: 1_000, endedAt: null },
  },
  {
    rule: "the end's nanoseconds of a running version say nothing",
    winner: { ...same, endedAt: null, endedAtNanos: 0, payload: bytes(2) },
    loser: { ...same, endedAt: null, endedAtNanos: 7, payload: bytes(1) },
  },
  {
    rule: "bytes are unsigned",
    winner: { ...same, payload: bytes(200) },
    loser: { ...same, payload: bytes(100, 200) },
  },
  {
    rule: "a payload beats its own beginning",
    winner: { ...same, payload: bytes(1, 0) },
    loser: { ...same, payload: bytes(1) },
  },
  {
    rule: "the payload counts before the origin",
    winner: { ...same, payload: bytes(2), origin: bytes() },
    loser: { ...same, payload: bytes(1), origin: bytes(9) },
  },
  {
    rule: "of equal payloads the greater origin wins",
    winner: { ...same, origin: bytes(1) },
    loser: { ...same, origin: bytes(0, 9) },
  },
])("$rule", ({ winner, loser }) => {
  expect(compareVersions(span(winner), span(loser))).toBeGreaterThan(0);
  expect(compareVersions(span(loser), span(winner))).toBeLessThan(0);
});

it("a version equals its copy", () => {
  expect(compareVersions(span(), span())).toBe(0);
});

const version: fc.Arbitrary<Span> = fc
  .record({
    startedAt: fc.nat(1),
    startedAtNanos: fc.nat(1),
    endedAt: fc.option(fc.nat(1)),
    endedAtNanos: fc.nat(1),
    payload: fc.uint8Array({ max: 1, maxLength: 2 }),
    origin: fc.uint8Array({ max: 1, maxLength: 2 }),
  })
  .map(span);

it("is a total order: any arrangement of versions sorts to the same", () => {
  const shuffled = fc
    .array(version, { maxLength: 8 })
    .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      const sorted = one.toSorted(compareVersions);
      for (const [index, span] of other.toSorted(compareVersions).entries()) {
        expect(compareVersions(span, sorted[index]!)).toBe(0);
      }
    }),
  );
});
