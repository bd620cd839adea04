import { toBinary } from "@bufbuild/protobuf";
import { ExportTraceServiceRequestSchema } from "../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import type { Span as OtlpSpan } from "../../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import type { Span } from "../../src/model/traces/span.ts";
import { decodeExport } from "../doors/otlp/support/decode-export.ts";
import { exportOf, id, span } from "../doors/otlp/support/otlp-messages.ts";
import { post } from "../doors/otlp/support/post.ts";

const SPANS_PER_EXPORT = 2000;

/**
 * Sends threads of one to three turns each, many of which have the same times, counts and durations; in some no turn
 * has ended.
 *
 * @returns the spans sent
 */
export async function sendThreads(url: string, threadIds: string[], projectId: string): Promise<Span[]> {
  const turns = threadIds.flatMap((threadId, thread) =>
    Array.from({ length: 1 + (thread % 3) }, (_, turn) => makeTurn(threadId, thread, turn)),
  );
  const sent: Span[] = [];
  for (let start = 0; start < turns.length; start += SPANS_PER_EXPORT) {
    const request = exportOf(turns.slice(start, start + SPANS_PER_EXPORT), { "skein.project_id": projectId });
    const bytes = toBinary(ExportTraceServiceRequestSchema, request);
    sent.push(...decodeExport({ bytes, encoding: "protobuf" }, "default").spans);
    const response = await post(`${url}/v1/traces`, bytes);
    if (response.status !== 200) throw new Error(`the export was answered ${response.status}`);
  }
  return sent;
}

function makeTurn(threadId: string, thread: number, turn: number): OtlpSpan {
  const start =
    1_700_000_000_000_000_000n + BigInt((thread * 7) % 50) * 1_000_000n + BigInt(turn) * 100_000_000n;
  const duration = BigInt((thread * 13 + turn * 5) % 40) * 1_000_000n;
  const isRunning = thread % 10 === 9;
  return span(
    { "gen_ai.conversation.id": threadId },
    {
      traceId: id(16, thread * 4 + turn + 1),
      startTimeUnixNano: start,
      endTimeUnixNano: isRunning ? 0n : start + duration,
    },
  );
}
