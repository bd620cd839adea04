import { create } from "@bufbuild/protobuf";
import {
  type ExportTraceServiceResponse,
  ExportTraceServiceResponseSchema,
} from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { cutText } from "../../model/base/cut-text.ts";
import { PermissionDeniedError } from "../../model/base/errors.ts";
import type { Instant } from "../../model/base/instant.ts";
import type { SpanWriter } from "../../store/roles/spans.ts";
import { createWritesUnderWay } from "../../store/shared/in-flight.ts";
import type { DecodedExport } from "./decode-in-chunks.ts";
import { addRefusals, describeRefusals, noRefusals, type Refusals, refuse } from "./refusals.ts";

/** Says whether the caller may write to a project. */
type MayWrite = (projectId: string) => boolean;

const NOTHING_ALLOWED = "none of the spans is in a project that the caller may write";

/**
 * Stores the spans of an export as it is decoded; resolves when they are durable. Spans that are bad in themselves or in
 * projects the caller may not write are left out and counted in the answer.
 *
 * @throws InvalidRequestError when the export is malformed; nothing is stored.
 * @throws PermissionDeniedError when nothing could be stored for lack of permission.
 */
export async function storeExport(
  chunks: AsyncIterable<DecodedExport>,
  store: SpanWriter,
  mayWrite: MayWrite,
  now: Instant,
): Promise<ExportTraceServiceResponse> {
  const refusals = noRefusals();
  const writes = createWritesUnderWay();
  let stored = 0;
  let forbidden = 0;
  for await (const chunk of chunks) {
    addRefusals(refusals, chunk.refusals);
    const spans = chunk.spans.filter(({ projectId }) => {
      const isAllowed = mayWrite(projectId);
      if (!isAllowed) refuse(refusals, `the project "${cutText(projectId, 100)}" may not be written`);
      return isAllowed;
    });
    stored += spans.length;
    forbidden += chunk.spans.length - spans.length;
    if (spans.length > 0) await writes.add(store.writeSpans(spans, now));
  }
  await writes.finish();
  if (stored === 0 && forbidden > 0) throw new PermissionDeniedError(NOTHING_ALLOWED);
  return answerWith(refusals);
}

function answerWith(refusals: Refusals): ExportTraceServiceResponse {
  if (refusals.count === 0) return create(ExportTraceServiceResponseSchema);
  return create(ExportTraceServiceResponseSchema, {
    partialSuccess: { rejectedSpans: BigInt(refusals.count), errorMessage: describeRefusals(refusals) },
  });
}
