import { Buffer } from "node:buffer";
import type { AnyValue } from "../../../gen/opentelemetry/proto/common/v1/common_pb.ts";

// Part of Node since version 22; TypeScript's library does not know it yet.
declare global {
  interface JSON {
    /** A number that `JSON.stringify` prints with the digits it was given. */
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
    ): unknown;
  }
}

/** A JSON object. */
export type JsonObject = Record<string, unknown>;

/** Whether a parsed JSON value is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** What can lose digits in a JavaScript number. A match inside a string costs time only. */
const PERHAPS_INEXACT = /-0|\d{16}|\d[.eE]/;

/**
 * Parses JSON so that `JSON.stringify` prints every number with the digits it had.
 *
 * @throws SyntaxError when the text is not JSON, RangeError when it nests too deeply.
 */
export function parseExact(text: string): unknown {
  return PERHAPS_INEXACT.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

function keepDigits(_key: string, value: unknown, { source }: { source?: string }): unknown {
  return typeof value === "number" && source !== undefined && String(value) !== source
    ? JSON.rawJSON(source)
    : value;
}

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
