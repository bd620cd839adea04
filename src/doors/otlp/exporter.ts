import type { ExportTraceServiceResponse } from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { coversProject } from "../../model/access/access-key.ts";
import { resolveProject } from "../../model/access/project.ts";
import type { DoorContext } from "../kit/door.ts";
import type { RequestOrigin } from "../kit/identity/request-project.ts";
import { decodeInChunks, piecesOfExport, type ReceivedBody } from "./decode-in-chunks.ts";
import { storeExport } from "./store-export.ts";

/** What a request says beside its body, whichever transport it came by. */
interface Caller {
  origin: RequestOrigin;
  /** One of its headers. */
  header: (name: string) => string | null;
}

/** Stores a decompressed export; resolves when its spans are durable. */
export type Exporter = (body: ReceivedBody, caller: Caller) => Promise<ExportTraceServiceResponse>;

const decoder = {
  module: new URL("./decode-in-chunks.ts", import.meta.url).href,
  decode: decodeInChunks,
  pieces: piecesOfExport,
};

/** The header, beside the usual ones, by which exporters of Weave name their project. */
const PROJECT_HEADER = "project_id";

/** What both transports do with an export. Each span's own project must be one that the caller's key covers. */
export function createExporter(context: DoorContext): Exporter {
  return async (body, { origin, header }) => {
    const sources = { ...origin, field: header(PROJECT_HEADER) };
    const fallbackProject = resolveProject(sources, context.defaultProject);
    const mayWrite = (projectId: string) => coversProject(origin.key, projectId);
    const size = body.parts.reduce((sum, { length }) => sum + length, 0);
    const chunks = context.decoding.stream(decoder, { ...body, fallbackProject }, size);
    return storeExport(chunks, context.store, mayWrite, context.now());
  };
}
