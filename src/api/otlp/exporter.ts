import type { ExportTraceServiceResponse } from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { resolveProject } from "../../model/project.ts";
import type { DoorContext } from "../door.ts";
import type { NamedProject } from "../request-project.ts";
import type { ExportDecoder, ReceivedBody } from "./export-decoder.ts";
import { type MayWrite, storeExport } from "./store-export.ts";

/** What a request says beside its body, whichever transport it came by. */
interface Caller {
  /** What its URL and headers name as its project. */
  named: NamedProject;
  /** One of its headers. */
  header: (name: string) => string | null;
}

/** Says what a caller may write. */
export type WriteAccess = (caller: Caller) => MayWrite;

/** Stores a decompressed export; resolves when its spans are durable. */
export type Exporter = (body: ReceivedBody, caller: Caller) => Promise<ExportTraceServiceResponse>;

/** The header, beside the usual ones, by which exporters of Weave name their project. */
const PROJECT_HEADER = "project_id";

/** What both transports do with an export. */
export function createExporter(
  context: DoorContext,
  decoder: ExportDecoder,
  accessOf: WriteAccess,
): Exporter {
  return async (body, caller) => {
    const sources = { field: caller.header(PROJECT_HEADER), ...caller.named };
    const fallbackProject = resolveProject(sources, context.defaultProject);
    return storeExport({ body, fallbackProject }, decoder, context.store, accessOf(caller), context.now());
  };
}
