import { Buffer } from "node:buffer";
import type { AnyValue } from "../../../gen/opentelemetry/proto/common/v1/common_pb.ts";
import type { JsonValue } from "../../model/json/value.ts";

/** An attribute's value as a JSON value: integers keep their digits, bytes become base64. */
export function anyValueToJson({ value: any }: AnyValue): JsonValue {
  switch (any.case) {
    case "intValue":
      return { digits: String(any.value) };
    case "doubleValue":
      return Number.isFinite(any.value) ? { digits: String(any.value) } : String(any.value);
    case "arrayValue":
      return any.value.values.map(anyValueToJson);
    case "kvlistValue":
      return new Map(any.value.values.map(({ key, value }) => [key, value ? anyValueToJson(value) : null]));
    case "bytesValue":
      return Buffer.from(any.value).toString("base64");
    case undefined:
      return null;
    default:
      return any.value;
  }
}
