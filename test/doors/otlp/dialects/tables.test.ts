import { readdirSync } from "node:fs";
import { join } from "node:path";
import { toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { SpanSchema } from "../../../../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import { firstCount } from "../../../../src/doors/otlp/attributes.ts";
import type { OtelDialect } from "../../../../src/doors/otlp/dialects/dialect.ts";
import { DIALECTS } from "../../../../src/doors/otlp/dialects/index.ts";
import { mergeDialects } from "../../../../src/doors/otlp/dialects/tables.ts";
import { extractSpan } from "../../../../src/doors/otlp/extract.ts";
import { type Plain, span } from "../support/otlp-messages.ts";

/** A dialect that nobody speaks. */
const tin: OtelDialect = {
  name: "Tin",
  threadKeys: [
    { key: "tin.session", rank: 5 },
    { key: "tin.chat", rank: 1 },
  ],
  turnKeys: ["tin.exchange", "tin.round"],
  operationKeys: [{ key: "tin.kind", lowerCase: true }],
  nameRules: { operations: ["solder"], agentAfter: ["robot: "] },
  agentOperations: ["march"],
  stepOperations: ["Clank"],
  agentKeys: ["tin.robot"],
  modelKeys: ["tin.brain"],
  inputTokenKeys: ["tin.in"],
  outputTokenKeys: ["tin.out"],
  usage: (attributes, side) => firstCount(attributes, [`tin.usage.${side}`]),
  inputs: [{ key: "tin.heard", members: ["ears"] }],
  outputs: [{ before: "tin.said.", after: ":", content: "words" }],
};

/** As a span is read by someone who knows the dialect and those that are given. */
function extract(attributes: Record<string, Plain>, name = "work", others: OtelDialect[] = []) {
  const message = span(attributes, { name });
  const group = { projectId: "p", origin: new Uint8Array() };
  const result = extractSpan(message, toBinary(SpanSchema, message), group, mergeDialects([tin, ...others]));
  if (typeof result === "string") throw new Error(result);
  return result;
}

describe("a dialect that is one more object in the list", () => {
  test("says all that is kept of a span", () => {
    const result = extract({
      "tin.chat": "c",
      "tin.session": "s",
      "tin.round": true,
      "tin.kind": "MARCH",
      "tin.robot": "r2",
      "tin.brain": "b1",
      "tin.in": 3n,
      "tin.out": "4",
      "tin.heard": '{"text":"elsewhere","ears":[{"role":"user","content":"hi"}]}',
      "tin.said.0:role": "assistant",
      "tin.said.0:words": "hello",
    });
    expect(result).toMatchObject({
      threadClaim: { threadId: "c", rank: 1, key: "tin.chat" },
      isTurn: true,
      operationName: "march",
      agentLevel: true,
      agentName: "r2",
      model: "b1",
      inputTokens: 3,
      outputTokens: 4,
    });
    expect(result.messages.map(({ role, text }) => [role, text])).toEqual([
      ["user", "hi"],
      ["assistant", "hello"],
    ]);
  });

  test("may say it in the name of a span, or in counts of its own", () => {
    expect(extract({}, "solder it").operationName).toBe("solder");
    expect(extract({}, "robot: r2 ").agentName).toBe("r2");
    expect(extract({}, "robot: ").agentName).toBeNull();
    expect(extract({ "tin.usage.input": 7n, "tin.out": 8n, "tin.usage.output": 9n })).toMatchObject({
      inputTokens: 7,
      outputTokens: 8,
    });
  });

  test("has steps without messages", () => {
    const { agentLevel, messages } = extract({ "tin.kind": "CLANK", "tin.heard": "hi" });
    expect([agentLevel, messages]).toEqual([false, []]);
  });

  test("is no turn if one of its marks says so", () => {
    expect(extract({ "tin.exchange": true, "tin.round": false }).isTurn).toBe(false);
    expect(extract({ "tin.exchange": "true", "tin.round": "perhaps" }).isTurn).toBe(true);
    expect(extract({}).isTurn).toBeNull();
  });
});

describe("of two dialects on one span", () => {
  const zinc = (order: number): OtelDialect => ({
    name: "Zinc",
    threadKeys: [{ key: "zinc.chat", rank: 1, order }],
    operationKeys: [{ key: "zinc.kind", order }],
    inputs: [{ key: "zinc.heard", order }],
    modelKeys: ["zinc.brain"],
  });
  const both = {
    "tin.chat": "tin",
    "zinc.chat": "zinc",
    "tin.kind": "tin",
    "zinc.kind": "zinc",
    "tin.heard": "tin",
    "zinc.heard": "zinc",
    "tin.brain": "tin",
    "zinc.brain": "zinc",
  };
  const said = (order: number) => {
    const { threadClaim, operationName, messages, model } = extract(both, "work", [zinc(order)]);
    return [threadClaim!.threadId, operationName, messages[0]!.text, model];
  };

  test("the first counts, unless an order says otherwise", () => {
    expect(said(0)).toEqual(["tin", "tin", "tin", "tin"]);
    expect(said(1)).toEqual(["tin", "tin", "tin", "tin"]);
    expect(said(-1)).toEqual(["zinc", "zinc", "zinc", "tin"]);
  });

  test("the stronger rank of a thread counts whatever the order", () => {
    const order = -1;
    const weak: OtelDialect = { name: "Weak", threadKeys: [{ key: "weak.session", rank: 5, order }] };
    const { threadClaim } = extract({ "weak.session": "s", "tin.chat": "c" }, "work", [weak]);
    expect(threadClaim?.threadId).toBe("c");
  });
});

test("every dialect is in the list, and has a test and an export", () => {
  const source = join(import.meta.dirname, "../../../../src/doors/otlp/dialects");
  const names = readdirSync(source)
    .map((file) => file.replace(/\.ts$/, ""))
    .filter((name) => !["dialect", "index", "tables"].includes(name));
  expect(names).toHaveLength(DIALECTS.length);
  const here = readdirSync(import.meta.dirname);
  for (const name of names) {
    expect(here).toContain(`${name}.test.ts`);
    expect(here.filter((file) => [`${name}.json`, `${name}.pb`].includes(file))).toHaveLength(1);
  }
});
