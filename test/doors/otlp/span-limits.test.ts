import { Buffer } from "node:buffer";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { type Span, SpanSchema } from "../../../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import { limitSpan, MAX_ATTRIBUTES, MAX_VALUE_BYTES } from "../../../src/doors/otlp/span-limits.ts";
import { anyValue, keyValue, keyValues, type Plain, span } from "./support/otlp-messages.ts";

function limited(message: Span): Span {
  return fromBinary(SpanSchema, limitSpan(message, toBinary(SpanSchema, message)));
}

function stringOf(message: Span, key: string): string {
  const value = message.attributes.find((attribute) => attribute.key === key)?.value?.value;
  return value?.case === "stringValue" ? value.value : "";
}

/** What `skein.truncated` lists. */
function cutKeys(message: Span) {
  return message.attributes.find(({ key }) => key === "skein.truncated")?.value;
}

describe("a span within the limits", () => {
  test.each([
    ["an array", new Uint8Array(1000)],
    ["a Buffer", Buffer.alloc(1000)],
  ])("keeps its bytes in %s, unknown fields too, in a buffer of their own", (_, around) => {
    const known = toBinary(SpanSchema, span({ a: "b" }));
    // Field 1000, a varint of 1.
    const bytes = Uint8Array.of(...known, 0xc0, 0x3e, 1);
    around.set(bytes, 100);
    const slice = around.subarray(100, 100 + bytes.length);
    const kept = limitSpan(fromBinary(SpanSchema, slice), slice);
    expect(Buffer.compare(kept, bytes)).toBe(0);
    expect(kept.buffer.byteLength).toBe(bytes.length);
  });

  test("may be large as a whole", () => {
    const message = span({ a: "x".repeat(MAX_VALUE_BYTES), b: "y".repeat(MAX_VALUE_BYTES) });
    expect(limited(message)).toEqual(message);
  });
});

describe("a longer value", () => {
  test("is cut at a character, and its key listed", () => {
    const result = limited(span({ short: "s", long: `a${"é".repeat(MAX_VALUE_BYTES)}` }));
    expect(stringOf(result, "long")).toBe(`a${"é".repeat(MAX_VALUE_BYTES / 2 - 1)}`);
    expect(stringOf(result, "short")).toBe("s");
    expect(cutKeys(result)).toEqual(anyValue(["long"]));
  });

  test("of bytes is cut anywhere", () => {
    const result = limited(span({ long: new Uint8Array(MAX_VALUE_BYTES + 1) }));
    expect(result.attributes[0]?.value).toEqual(anyValue(new Uint8Array(MAX_VALUE_BYTES)));
    expect(cutKeys(result)).toEqual(anyValue(["long"]));
  });

  test("of a list or map becomes its JSON text, cut", () => {
    const list: Plain[] = [7n, "x".repeat(MAX_VALUE_BYTES)];
    const result = limited(span({ list, map: { text: "x".repeat(MAX_VALUE_BYTES) } }));
    expect(stringOf(result, "list").slice(0, 5)).toBe('[7,"x');
    expect(stringOf(result, "list")).toHaveLength(MAX_VALUE_BYTES);
    expect(stringOf(result, "map")).toHaveLength(MAX_VALUE_BYTES);
    expect(cutKeys(result)).toEqual(anyValue(["list", "map"]));
  });

  test("of an event or link is cut too", () => {
    const attributes = keyValues({ note: "x".repeat(MAX_VALUE_BYTES + 1) });
    const result = limited(span({}, { events: [{ name: "e", attributes }], links: [{ attributes }] }));
    expect(result.events[0]?.attributes).toEqual(keyValues({ note: "x".repeat(MAX_VALUE_BYTES) }));
    expect(result.links[0]?.attributes).toEqual(keyValues({ note: "x".repeat(MAX_VALUE_BYTES) }));
    expect(cutKeys(result)).toEqual(anyValue(["note"]));
  });
});

test("attributes past the limit are dropped and counted", () => {
  const attributes = Array.from({ length: MAX_ATTRIBUTES + 10 }, (_, index) => keyValue(`k${index}`, "v"));
  const result = limited(span({}, { attributes, droppedAttributesCount: 5 }));
  expect(result.attributes).toEqual(attributes.slice(0, MAX_ATTRIBUTES));
  expect(result.droppedAttributesCount).toBe(15);
  expect(limited(span({}, { attributes, droppedAttributesCount: 2 ** 32 - 1 })).droppedAttributesCount).toBe(
    2 ** 32 - 1,
  );
});
