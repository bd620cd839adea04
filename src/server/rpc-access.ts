import { type DescMethod, getOption } from "@bufbuild/protobuf";
import { Health } from "../../gen/grpc/health/v1/health_pb.ts";
import { ServerReflection } from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionV1Alpha } from "../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { TraceService } from "../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { Access as AccessOption, access } from "../../gen/skein/v1/access_pb.ts";
import type { Access } from "../doors/kit/identity/access.ts";

/** Services of other projects' contracts, which cannot say it. */
const OTHERS: Record<string, Access> = {
  [Health.typeName]: "open",
  [ServerReflection.typeName]: "open",
  [ServerReflectionV1Alpha.typeName]: "open",
  [TraceService.typeName]: "write",
};

const MEANINGS: Record<AccessOption, Access | null> = {
  [AccessOption.UNSPECIFIED]: null,
  [AccessOption.OPEN]: "open",
  [AccessOption.READ]: "read",
  [AccessOption.WRITE]: "write",
  [AccessOption.ADMIN]: "admin",
};

/**
 * What calls of an RPC need, as the contract says.
 *
 * @throws Error when it says nothing: such a method is not to be served
 */
export function accessOf(method: DescMethod): Access {
  const said = MEANINGS[getOption(method, access)] ?? OTHERS[method.parent.typeName];
  if (said === undefined) throw new Error(`${method.parent.typeName}/${method.name} says no access`);
  return said;
}
