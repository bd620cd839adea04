import { describe, expect, test } from "vitest";
import { InvalidRequestError } from "../../../src/model/base/errors.ts";
import { decodeExport } from "./support/decode-export.ts";

const SPAN = {
  traceId: "5B8EFFF798038103D269B633813FC60C",
  spanId: "eee19b7ec3c1b174",
  parentSpanId: "",
  name: "work",
  startTimeUnixNano: "1700000000000000001",
  endTimeUnixNano: "1700000000000001000",
};

/** Decodes an export of one span, `SPAN` with the given fields, whose JSON may be edited as text. */
function decode(fields: Record<string, unknown> = {}, edit: (json: string) => string = (json) => json) {
  const body = { resourceSpans: [{ scopeSpans: [{ spans: [{ ...SPAN, ...fields }] }] }] };
  const bytes = new TextEncoder().encode(edit(JSON.stringify(body)));
  const { spans, refusals } = decodeExport({ bytes, encoding: "json" }, "default");
  expect(refusals.count).toBe(0);
  return spans[0]!;
}

const attribute = (key: string, value: unknown) => ({ attributes: [{ key, value }] });

describe("OTLP's JSON", () => {
  test("has ids in hex of either case", () => {
    expect(decode()).toMatchObject({
      traceId: "5b8efff798038103d269b633813fc60c",
      spanId: "eee19b7ec3c1b174",
      parentSpanId: null,
    });
    expect(decode({ parentSpanId: "EEE19B7EC3C1B175" }).parentSpanId).toBe("eee19b7ec3c1b175");
  });

  test("has links with ids in hex", () => {
    const payload = decode({ links: [{ traceId: SPAN.traceId, spanId: SPAN.spanId }] }).payload;
    const ids = Buffer.from(SPAN.spanId, "hex");
    expect(Buffer.from(payload).indexOf(ids)).not.toBe(Buffer.from(payload).lastIndexOf(ids));
  });

  test("keeps the digits of 64-bit integers, be they strings or numbers", () => {
    const unquoted = decode({}, (json) => json.replace(/"(17\d+)"/g, "$1"));
    expect(unquoted).toMatchObject({ startedAt: 1_700_000_000_000_000, startedAtNanos: 1, endedAtNanos: 0 });
    expect(unquoted).toEqual(decode());

    const asText = decode(attribute("thread_id", { intValue: "9007199254740993" }));
    const asNumber = decode(attribute("thread_id", { intValue: "9007199254740993" }), (json) =>
      json.replace('"9007199254740993"', " 9007199254740993 "),
    );
    expect(asText.threadClaim?.threadId).toBe("9007199254740993");
    expect(asNumber).toEqual(asText);
  });

  test("has enums as numbers or names", () => {
    for (const code of [2, "STATUS_CODE_ERROR"]) expect(decode({ status: { code } }).status).toBe("ERROR");
    expect(decode({ kind: "SPAN_KIND_CLIENT" }).payload).toEqual(decode({ kind: 3 }).payload);
    expect(decode({ status: { code: 77 } }).status).toBe("UNSET");
  });

  test("may have unknown fields and names as in the proto file", () => {
    expect(decode({ unheardOf: { a: [1] }, another: 1.5e300 })).toEqual(decode());
    const snake = decode({}, (json) =>
      json.replace(/[a-z](?=[A-Z][a-z])/g, "$&_").replace(/_([A-Z])/g, (_, c) => `_${c.toLowerCase()}`),
    );
    expect(snake).toEqual(decode());
  });

  test("has every kind of value", () => {
    const messages = {
      arrayValue: {
        values: [
          {
            kvlistValue: {
              values: [
                { key: "role", value: { stringValue: "user" } },
                { key: "content", value: { stringValue: "hi" } },
                { key: "score", value: { doubleValue: 1.5 } },
                { key: "cached", value: { boolValue: true } },
                { key: "big", value: { intValue: "9007199254740993" } },
                { key: "raw", value: { bytesValue: "AQI=" } },
                { key: "none", value: {} },
              ],
            },
          },
        ],
      },
    };
    expect(decode(attribute("gen_ai.input.messages", messages)).messages).toEqual([
      {
        role: "user",
        text: "hi",
        json: '{"role":"user","content":"hi","score":1.5,"cached":true,"big":9007199254740993,"raw":"AQI=","none":null}',
      },
    ]);
  });
});

describe("hostile JSON is malformed, not a crash", () => {
  test.each<[string, (json: string) => string]>([
    ["100 000 nested lists", (json) => json.replace('"work"', "[".repeat(100_000) + "]".repeat(100_000))],
    [
      "values nested 1 000 deep",
      (json) =>
        json.replace(
          '"name"',
          `"attributes":[{"key":"k","value":${'{"arrayValue":{"values":['.repeat(1000)}{}${"]}}".repeat(1000)}}],"name"`,
        ),
    ],
    ["an id in base64", (json) => json.replace(SPAN.spanId, "7uGbfsPBsXQ=")],
    ["half an id's digit", (json) => json.replace(SPAN.spanId, "eee19b7ec3c1b17")],
    ["an integer past 64 bits", (json) => json.replace('"1700000000000000001"', "99999999999999999999")],
    ["a list for an object", (json) => json.replace('"scopeSpans":[', '"scopeSpans":[[],')],
    ["null for the whole", () => "null"],
  ])("%s", (_name, edit) => {
    expect(() => decode({}, edit)).toThrow(InvalidRequestError);
  });
});
