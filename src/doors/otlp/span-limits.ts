import { Buffer } from "node:buffer";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  type AnyValue,
  AnyValueSchema,
  type KeyValue,
  KeyValueSchema,
} from "../../../gen/opentelemetry/proto/common/v1/common_pb.ts";
import { type Span, SpanSchema } from "../../../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import { cutText } from "../../model/base/cut-text.ts";
import { printJson } from "../../model/json/print.ts";
import { anyValueToJson } from "./any-value.ts";

/** The most attributes a stored span has. */
export const MAX_ATTRIBUTES = 1024;

/** The longest attribute value a stored span has, in bytes. */
export const MAX_VALUE_BYTES = 256 * 1024;

/** The attribute that lists the keys whose values were cut. */
const TRUNCATED_KEY = "skein.truncated";

/**
 * The span as it is stored: its bytes as they came, unless it is over a limit. Attributes past the limit are dropped
 * and counted in `dropped_attributes_count`; longer values are cut, their keys listed in `skein.truncated`.
 */
export function limitSpan(span: Span, bytes: Uint8Array): Uint8Array {
  const tooMany = span.attributes.length > MAX_ATTRIBUTES;
  if (!tooMany && bytes.length <= MAX_VALUE_BYTES) return copyOf(bytes);

  const cutKeys = new Set<string>();
  const limited: Span = {
    ...span,
    events: span.events.map((event) => ({ ...event, attributes: limitValues(event.attributes, cutKeys) })),
    links: span.links.map((link) => ({ ...link, attributes: limitValues(link.attributes, cutKeys) })),
    attributes: limitValues(span.attributes.slice(0, MAX_ATTRIBUTES), cutKeys),
    droppedAttributesCount: Math.min(
      span.droppedAttributesCount + Math.max(0, span.attributes.length - MAX_ATTRIBUTES),
      0xffffffff,
    ),
  };
  if (!tooMany && cutKeys.size === 0) return copyOf(bytes);
  if (cutKeys.size > 0) limited.attributes.push(truncatedMark([...cutKeys]));
  return toBinary(SpanSchema, limited);
}

/**
 * The bytes in a buffer of their own, as a `Buffer`'s slice would not be: bytes that are sent to another thread take all
 * of their buffer along.
 */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function limitValues(attributes: readonly KeyValue[], cutKeys: Set<string>): KeyValue[] {
  return attributes.map((attribute) => {
    if (!attribute.value || sizeOf(attribute.value) <= MAX_VALUE_BYTES) return attribute;
    cutKeys.add(cutText(attribute.key, 256));
    return { ...attribute, value: cutValue(attribute.value) };
  });
}

function sizeOf(any: AnyValue): number {
  switch (any.value.case) {
    case "stringValue":
      return Buffer.byteLength(any.value.value);
    case "bytesValue":
      return any.value.value.length;
    default:
      return toBinary(AnyValueSchema, any).length;
  }
}

/** Cuts a string at a character, bytes anywhere; a list or map becomes its JSON text, cut. */
function cutValue(any: AnyValue): AnyValue {
  const { value } = any;
  const cut: AnyValue["value"] =
    value.case === "bytesValue"
      ? { case: "bytesValue", value: value.value.subarray(0, MAX_VALUE_BYTES) }
      : { case: "stringValue", value: cutText(toText(any), MAX_VALUE_BYTES) };
  return create(AnyValueSchema, { value: cut });
}

function toText(any: AnyValue): string {
  return any.value.case === "stringValue" ? any.value.value : printJson(anyValueToJson(any));
}

function truncatedMark(keys: string[]): KeyValue {
  const values = keys.map((key) => ({ value: { case: "stringValue" as const, value: key } }));
  return create(KeyValueSchema, {
    key: TRUNCATED_KEY,
    value: { value: { case: "arrayValue", value: { values } } },
  });
}
