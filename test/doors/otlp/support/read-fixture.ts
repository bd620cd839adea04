import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import type { Span } from "../../../../src/model/traces/span.ts";
import { decodeExport } from "./decode-export.ts";

/** What is asked and answered in the fixtures, but for that of the AI SDK. */
export const QUESTION = "user: What is the capital of France?";
export const ANSWER = "assistant: Paris.";

/** The spans of a dialect's export, by start. */
export async function readFixture(file: string): Promise<Span[]> {
  const bytes = await readFile(new URL(`../dialects/${file}`, import.meta.url));
  const encoding = file.endsWith(".json") ? "json" : "protobuf";
  const { spans, refusals } = decodeExport({ bytes, encoding }, "default");
  expect(refusals.count).toBe(0);
  return spans.sort((a, b) => nanoseconds(a) - nanoseconds(b));
}

/** Since the second of the span's start: exact enough to sort the spans of one run. */
function nanoseconds({ startedAt, startedAtNanos }: Span): number {
  return (startedAt % 1e9) * 1000 + startedAtNanos;
}

/** What a span says of itself: name, operation, model, tokens and messages. */
export function essence({ name, operationName, model, inputTokens, outputTokens, messages }: Span) {
  const texts = messages.map(({ role, text }) => `${role}: ${text}`);
  return [name, operationName, model, inputTokens, outputTokens, ...texts];
}

/** The names of the spans that stand for a whole exchange. */
export function agentsAmong(spans: Span[]): string[] {
  return spans.filter(({ agentLevel }) => agentLevel).map(({ name }) => name);
}

/** Which thread each span names, as id, rank and key; null where it names none. */
export function claimsOf(spans: Span[]): ([string, number, string] | null)[] {
  return spans.map(({ threadClaim: claim }) => claim && [claim.threadId, claim.rank, claim.key]);
}
