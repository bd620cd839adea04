import { Buffer } from "node:buffer";
import type { AnyValue } from "../../../gen/opentelemetry/proto/common/v1/common_pb.ts";

/** An attribute's value as a JSON value: integers keep their digits, bytes become base64. */
export function anyValueToJson({ value: any }: AnyValue): unknown {
  switch (any.case) {
    case "intValue":
      return exactInteger(any.value);
    case "doubleValue":
      return Number.isFinite(any.value) ? any.value : String(any.value);
    case "arrayValue":
      return any.value.values.map(anyValueToJson);
    case "kvlistValue": {
      // A map without a prototype takes every key, `__proto__` too.
      const map: Record<string, unknown> = Object.create(null);
      for (const { key, value } of any.value.values) map[key] = value ? anyValueToJson(value) : null;
      return map;
    }
    case "bytesValue":
      return Buffer.from(any.value).toString("base64");
    case undefined:
      return null;
    default:
      return any.value;
  }
}

function exactInteger(value: bigint): unknown {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : JSON.rawJSON(String(value));
}
