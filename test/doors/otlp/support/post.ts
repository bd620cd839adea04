import { fromBinary } from "@bufbuild/protobuf";
import { StatusSchema } from "../../../../gen/google/rpc/status_pb.ts";
import { ExportTraceServiceResponseSchema } from "../../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";

export const PROTOBUF = "application/x-protobuf";
export const JSON_TYPE = "application/json";

/** Posts an export, by default a protobuf one. */
export function post(
  url: string,
  body: Uint8Array | string,
  headers: Record<string, string> = { "content-type": PROTOBUF },
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    body: typeof body === "string" ? body : new Uint8Array(body),
    headers,
  });
}

/** A protobuf answer to an export that was taken. */
export async function answerOf(response: Response) {
  return fromBinary(ExportTraceServiceResponseSchema, new Uint8Array(await response.arrayBuffer()));
}

/** The `google.rpc.Status` of a protobuf answer to an export that was not. */
export async function statusOf(response: Response) {
  return fromBinary(StatusSchema, new Uint8Array(await response.arrayBuffer()));
}

/** The same in JSON. */
export async function jsonOf(response: Response): Promise<{ code: number; message: string }> {
  return (await response.json()) as { code: number; message: string };
}
