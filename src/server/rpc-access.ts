import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { Health } from "../../gen/grpc/health/v1/health_pb.ts";
import { ServerReflection } from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionV1Alpha } from "../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import type { Access } from "../api/access.ts";

const OPEN_SERVICES = [Health, ServerReflection, ServerReflectionV1Alpha].map(({ typeName }) => typeName);

/** Streams that only read: the contract cannot say so of streams. */
const READ_STREAMS = [ThreadService.method.threadsQuery, ThreadService.method.streamSpans].map(fullName);

/** What calls of an RPC need: as the contract says, `write` where it says nothing. */
export function accessOf(method: DescMethod): Access {
  if (OPEN_SERVICES.includes(method.parent.typeName)) return "open";
  const reads = method.idempotency === Idempotency.NO_SIDE_EFFECTS || READ_STREAMS.includes(fullName(method));
  return reads ? "read" : "write";
}

function fullName({ parent, name }: DescMethod): string {
  return `${parent.typeName}/${name}`;
}
