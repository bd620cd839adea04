import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnprocessableError } from "../../../src/doors/fastapi/fault.ts";
import { parseJsonBody } from "../../../src/doors/fastapi/json-body.ts";
import { validate } from "../../../src/doors/fastapi/validate.ts";
import {
  conversationSpansRequest,
  feedbackRequest,
  threadsQueryRequest,
} from "../../../src/doors/weave/requests.ts";
import { parsePlainJson } from "../../../src/model/json/parse.ts";
import type { Python } from "../../python/python.ts";
import type { Case } from "./cases.ts";

/** `{"detail": […]}` or `{"value": {…}}`. */
export type Answer = Record<string, unknown>;

const models = {
  ThreadsQuery: threadsQueryRequest,
  ConversationSpans: conversationSpansRequest,
  Feedback: feedbackRequest,
};

/** What Skein says of each case, in the form of `pydanticAnswers`. */
export function ourAnswer({ model, body }: Case): Answer {
  try {
    return plain({
      value: validate(models[model], parseJsonBody(body, parsePlainJson, { loneSurrogates: true }), ["body"]),
    });
  } catch (error) {
    if (error instanceof UnprocessableError) return plain({ detail: error.detail });
    throw error;
  }
}

/** What pydantic says of each case. */
export async function pydanticAnswers(python: Python, cases: Case[]): Promise<Answer[]> {
  const directory = await mkdtemp(join(tmpdir(), "skein-pydantic-"));
  try {
    const file = join(directory, "cases.jsonl");
    await writeFile(file, cases.map((one) => `${JSON.stringify(one)}\n`).join(""));
    const answers = await python.run("pydantic_reference.py", [file]);
    return answers
      .trimEnd()
      .split("\n")
      .map((line) => plain(clamped(JSON.parse(line))));
  } finally {
    await rm(directory, { recursive: true });
  }
}

function plain(answer: unknown): Answer {
  return JSON.parse(
    JSON.stringify(answer, (_, value) => (value instanceof Map ? Object.fromEntries(value) : value)),
  );
}

/** Python's integers have no end; ours stop at 2^53 - 1. Values echoed as `input` are left alone by both. */
function clamped(value: unknown): unknown {
  const limit = Number.MAX_SAFE_INTEGER;
  if (typeof value === "number") return Math.max(-limit, Math.min(limit, value));
  if (Array.isArray(value)) return value.map(clamped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === "input" ? item : clamped(item)]),
  );
}
