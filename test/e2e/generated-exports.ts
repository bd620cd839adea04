import { toBinary } from "@bufbuild/protobuf";
import { ExportTraceServiceRequestSchema } from "../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import type { Span as OtlpSpan } from "../../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import { exportOf, id, type Plain, span } from "../doors/otlp/support/otlp-messages.ts";

/** Numbers that look random and are the same for the same seed: a whole number from 0 to below `limit`. */
export type Random = (limit: number) => number;

/** Marsaglia's xorshift. */
export function randomFrom(seed: number): Random {
  let state = seed | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/**
 * Makes exports of spans of many traces. Each trace is a tree whose spans arrive in any order and over several exports,
 * the root often last; some come twice, some while they run and again when they have ended. Several traces share each
 * thread, some have two threads and some none.
 *
 * @param round keeps the traces of one call apart from those of others
 */
export function makeExports(
  random: Random,
  round: number,
  traces: number,
  spansPerExport: number,
): Uint8Array[] {
  const arrivals: { order: number; span: OtlpSpan }[] = [];
  for (let trace = 0; trace < traces; trace++) {
    // Spans of neighbouring traces mix, those of distant ones do not.
    const when = () => trace * 100 + random(1500);
    for (const one of makeTrace(random, round * 10_000 + trace + 1))
      arrivals.push({ order: when(), span: one });
  }
  const spans = arrivals.sort((a, b) => a.order - b.order).map(({ span: one }) => one);
  const exports: Uint8Array[] = [];
  for (let start = 0; start < spans.length; start += spansPerExport) {
    const resource = { "skein.project_id": random(4) === 0 ? "other" : "kill/test" };
    const request = exportOf(spans.slice(start, start + spansPerExport), resource);
    exports.push(toBinary(ExportTraceServiceRequestSchema, request));
  }
  return exports;
}

/** The spans of one trace, in the order of its tree, with the versions and repetitions that are sent of them. */
function makeTrace(random: Random, number: number): OtlpSpan[] {
  const start = 1_700_000_000_000_000_000n + BigInt(random(1_000_000)) * 1_000_000n;
  const sent: OtlpSpan[] = [];
  for (let index = 1, count = 1 + random(9); index <= count; index++) {
    const parent = index === 1 ? 0 : 1 + random(index - 1);
    const startTimeUnixNano = start + BigInt(random(5_000_000)) * 1000n;
    const ended = {
      traceId: id(16, number),
      spanId: id(8, index),
      ...(parent > 0 && { parentSpanId: id(8, parent) }),
      name: ["chat", "invoke_agent helper", "execute_tool search", "step"][random(4)]!,
      startTimeUnixNano,
      endTimeUnixNano: startTimeUnixNano + BigInt(random(3_000_000)) * 1000n,
    };
    const attributes = attributesOf(random, index === 1);
    const running = { ...ended, endTimeUnixNano: 0n };
    if (random(6) === 0) sent.push(span({}, running));
    if (random(12) !== 0) sent.push(span(attributes, ended));
    else sent.push(span(attributes, running));
    if (random(8) === 0) sent.push(span(attributes, ended));
  }
  return sent;
}

function attributesOf(random: Random, isRoot: boolean): Record<string, Plain> {
  return {
    ...((isRoot ? random(8) > 0 : random(10) === 0) && { "gen_ai.conversation.id": `thread-${random(25)}` }),
    ...(random(3) === 0 && {
      "gen_ai.usage.input_tokens": BigInt(random(100)),
      "gen_ai.usage.output_tokens": BigInt(random(100)),
    }),
    ...(random(15) === 0 && { "wandb.is_turn": random(3) > 0 }),
    ...(random(4) === 0 && { "gen_ai.prompt": `question ${random(1000)}` }),
  };
}
