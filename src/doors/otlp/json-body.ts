import { Buffer } from "node:buffer";
import { fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { ExportTraceServiceRequestSchema } from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { quoted } from "../../model/base/quoted.ts";
import { MAX_BODY_MEMORY, parsePlainJson } from "../../model/json/parse.ts";
import { isPlainObject } from "../../model/json/plain.ts";
import type { JsonNumber } from "../../model/json/value.ts";

/** Far deeper than any export. */
const MAX_DEPTH = 1000;

/** Matches a number that may be a long integer; in a string's text, if ever, by chance. */
const LONG_NUMBER = /(?:^|[[:,])\s*-?\d{16}/;

const INTEGER = /^-?\d+$/;

/** Fields whose value is an id: hex in OTLP's JSON, where the usual mapping of bytes would be base64. */
const ID_FIELDS = ["traceId", "trace_id", "spanId", "span_id", "parentSpanId", "parent_span_id"];

/**
 * Turns the JSON form of an export into its protobuf form. Ids are hex; 64-bit integers may be strings or numbers and
 * keep their digits; enums may be numbers or names; unknown fields are ignored.
 *
 * @throws InvalidRequestError when it is not such a document.
 */
export function jsonToProtobuf(bytes: Uint8Array): Uint8Array {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const leniency = { maxDepth: MAX_DEPTH, loneSurrogates: true, maxBytes: MAX_BODY_MEMORY };
    const number = LONG_NUMBER.test(text) ? keepLongIntegers : undefined;
    const body = parsePlainJson(text, ["body"], leniency, number);
    convertIds(body);
    const message = fromJson(ExportTraceServiceRequestSchema, body as JsonValue, {
      ignoreUnknownFields: true,
    });
    return toBinary(ExportTraceServiceRequestSchema, message);
  } catch (error) {
    if (error instanceof InvalidRequestError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidRequestError([
      { path: ["body"], message: `is not an export in JSON: ${quoted(reason)}` },
    ]);
  }
}

/** The JSON mapping takes integers as strings too, and those lose no digits. */
function keepLongIntegers({ digits }: JsonNumber): number | string {
  const number = Number(digits);
  return INTEGER.test(digits) && !Number.isSafeInteger(number) ? digits : number;
}

function convertIds(body: unknown): void {
  for (const resource of list(body, "resourceSpans", "resource_spans")) {
    for (const scope of list(resource, "scopeSpans", "scope_spans")) {
      for (const span of list(scope, "spans")) {
        hexToBase64(span);
        for (const link of list(span, "links")) hexToBase64(link);
      }
    }
  }
}

function list(parent: unknown, ...names: string[]): unknown[] {
  return names.flatMap((name) => {
    const value = isPlainObject(parent) ? parent[name] : undefined;
    return Array.isArray(value) ? value : [];
  });
}

function hexToBase64(holder: unknown): void {
  if (!isPlainObject(holder)) return;
  for (const field of ID_FIELDS) {
    const id = holder[field];
    if (typeof id !== "string") continue;
    if (!/^([0-9a-f]{2})*$/i.test(id)) throw new Error(`${field} is not hexadecimal`);
    holder[field] = Buffer.from(id, "hex").toString("base64");
  }
}
