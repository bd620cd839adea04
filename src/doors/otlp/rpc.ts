import { toBinary } from "@bufbuild/protobuf";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import {
  ExportTraceServiceRequestSchema,
  type ExportTraceServiceResponse,
  TraceService,
} from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { ExportFramingSchema } from "../../../gen/skein/framing/v1/otlp_pb.ts";
import { originOfCall } from "../kit/identity/request-project.ts";
import { serveByCodec } from "../kit/rpc/by-codec.ts";
import type { Exporter } from "./exporter.ts";

/**
 * The largest message in the JSON codec. Connect decodes it on the event loop; exporters that speak JSON post it to
 * `/v1/traces`, which takes large ones.
 */
const MAX_JSON_BYTES = 256 * 1024;

/** `TraceService.Export` with a request whose nested messages stay bytes, so that decoding them can happen elsewhere. */
const framedExport = { ...TraceService.method.export, input: ExportFramingSchema };

/** Serves `TraceService` over gRPC, gRPC-Web and Connect. */
export function serveTraceService(router: ConnectRouter, exportSpans: Exporter, maxBytes: number): void {
  const answer = async (bytes: Uint8Array, call: HandlerContext): Promise<ExportTraceServiceResponse> => {
    const origin = originOfCall(call.values);
    const header = (name: string) => call.requestHeader.get(name);
    return exportSpans({ parts: [bytes], encoding: "protobuf" }, { origin, header });
  };
  serveByCodec(router, {
    binary: ({ rpc }) =>
      rpc(framedExport, (message, call) => answer(toBinary(ExportFramingSchema, message), call), {
        readMaxBytes: maxBytes,
      }),
    json: ({ rpc }) =>
      rpc(
        TraceService.method.export,
        (message, call) => answer(toBinary(ExportTraceServiceRequestSchema, message), call),
        { readMaxBytes: Math.min(maxBytes, MAX_JSON_BYTES) },
      ),
  });
}
