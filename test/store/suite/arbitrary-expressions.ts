import fc from "fast-check";
import type { CallEnd, CallFilter, CallSort, CallStart } from "../../../src/model/calls/call.ts";
import { printJson } from "../../../src/model/json/print.ts";
import type { JsonValue } from "../../../src/model/json/value.ts";
import type { Expression, FieldPath, Operand } from "../../../src/model/query/expression/expression.ts";
import { CONVERSIONS } from "../../../src/model/query/expression/value.ts";
import { jsonValues } from "../../model/json/arbitrary.ts";
import { end, start } from "../call-builders.ts";

/** Few values of each kind, so that they often meet. */
const scalar: fc.Arbitrary<JsonValue> = fc.constantFrom<JsonValue>(
  null,
  true,
  false,
  "",
  "a",
  "A1",
  "1",
  "true",
  { digits: "1" },
  { digits: "1.0" },
  { digits: "-2.5" },
  { digits: "9007199254740993" },
);

const value: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: jsonValues },
);

const documents = fc.dictionary(fc.constantFrom("x", "y", "a.b"), value, { maxKeys: 3 });
const OPS = ["op", "weave:///e/p/op/x:1", "weave:///e/p/op/x:2", "weave:///e/p/op/xy:1"];
const IDS = ["1", "2", "3", "4", "5", "6"];
const REFS = ["weave:///e/p/object/o:1", "weave:///e/p/object/o:2", "weave:///e/p/object/other:1"];
/** The thread whose time may be up when a question is asked. */
export const EXPIRING_THREAD = "t";
const THREADS = [EXPIRING_THREAD, "u"];
const refs = fc.subarray(REFS, { maxLength: 2 });

/** A call with documents; some have not ended. */
export const documentedCall: fc.Arbitrary<{ start: CallStart; end: CallEnd | null }> = fc
  .record({
    callId: fc.constantFrom(...IDS),
    start: fc.record({
      opName: fc.constantFrom(...OPS),
      displayName: fc.constantFrom(null, "A1"),
      parentId: fc.constantFrom(null, ...IDS),
      threadId: fc.constantFrom(null, ...THREADS),
      turnId: fc.constantFrom(null, ...IDS),
      startedAt: fc.nat({ max: 5 }),
      refs,
    }),
    end: fc.option(fc.record({ endedAt: fc.nat({ max: 3000 }), refs })),
    inputs: documents,
    output: value,
    summary: documents,
  })
  .map(({ callId, start: given, end: ended, inputs, output, summary }) => ({
    start: start(callId, { ...given, json: printJson(new Map([["inputs", mapOf(inputs)]])) }),
    end:
      ended &&
      end(callId, {
        ...ended,
        json: printJson(
          new Map<string, JsonValue>([
            ["output", output],
            ["summary", mapOf(summary)],
          ]),
        ),
      }),
  }));

const path: fc.Arbitrary<FieldPath> = fc.constantFrom<FieldPath>(
  ["id"],
  ["op_name"],
  ["display_name"],
  ["parent_id"],
  ["thread_id"],
  ["started_at"],
  ["ended_at"],
  ["inputs"],
  ["inputs", "x"],
  ["inputs", "y", "0"],
  ["inputs", "a.b"],
  ["output"],
  ["output", "a"],
  ["summary", "x"],
  ["summary", "weave", "status"],
  ["summary", "weave", "latency_ms"],
);

const literal = fc.oneof(
  scalar,
  fc.constantFrom(...IDS, ...OPS, "success"),
  fc.nat({ max: 5 }).map((instant) => ({ instant })),
  fc.constantFrom({ digits: "0.000002" }),
);

const { expression } = fc.letrec<{ expression: Expression; operand: Operand }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.oneof(
      literal.map((value): Operand => ({ kind: "literal", value })),
      path.map((path): Operand => ({ kind: "field", path })),
    ),
    fc.record({
      kind: fc.constant("convert" as const),
      operand: tie("operand"),
      to: fc.constantFrom(...CONVERSIONS),
    }),
    tie("expression"),
  ),
  expression: fc.oneof(
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      operands: fc.array(tie("operand"), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("not" as const), operand: tie("operand") }),
    fc.record({
      kind: fc.constantFrom("eq", "eq", "gt", "gte", "lt", "lte"),
      left: tie("operand"),
      right: tie("operand"),
    }),
    fc.record({
      kind: fc.constant("in" as const),
      left: tie("operand"),
      operands: fc.array(tie("operand"), { maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant("contains" as const),
      text: tie("operand"),
      part: tie("operand"),
      ignoreCase: fc.boolean(),
    }),
  ),
}));

const some = (values: string[]) => fc.option(fc.subarray(values, { minLength: 1 }), { freq: 2 });

/** What is asked of calls, beside their project, and how many minutes after they came. */
export const callQuestion: fc.Arbitrary<
  Partial<CallFilter> & { sort: CallSort[]; limit: number | null; offset: number; minutes: number }
> = fc.record(
  {
    minutes: fc.constantFrom(0, 1),
    callIds: some(IDS),
    parentIds: some(IDS),
    threadIds: some(THREADS),
    turnIds: some(IDS),
    opNames: some([...OPS, "weave:///e/p/op/x:*", "none:*"]),
    inputRefs: some([...REFS, "weave:///e/p/object/o:*"]),
    outputRefs: some([...REFS, "weave:///e/p/object/o:*"]),
    rootsOnly: fc.boolean(),
    expression: fc.option(expression, { freq: 4 }),
    sort: fc.array(fc.record({ path, direction: fc.constantFrom("asc" as const, "desc" as const) }), {
      maxLength: 3,
    }),
    limit: fc.option(fc.nat({ max: 6 })),
    offset: fc.nat({ max: 3 }),
  },
  { requiredKeys: ["sort", "limit", "offset", "minutes"] },
);

function mapOf(object: Record<string, JsonValue>): Map<string, JsonValue> {
  return new Map(Object.entries(object));
}
