import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { PYTHON_SETUP_MS, type Python, python, pythonOrSkip } from "../../python/python.ts";
import { createNaiveStore } from "../../store/naive-store.ts";
import { withShortInputs } from "../fastapi/short-inputs.ts";
import { openDoor } from "./open.ts";

/** A request that both FastAPI and the door are asked. */
interface Request {
  method: string;
  path: string;
  body: string | null;
}

interface Answer {
  status: number;
  detail?: unknown;
}

const THREADS = "/api/chat/threads";
const MESSAGES = `${THREADS}/a/messages`;

const values = `1 0 -1 1000 1001 50.0 1.5 1e3 abc true null 9007199254740993 99999999999999999999 +5 1_0 ٣ %C2%A05 %20 %00 %FF %2B5`;
const names = [
  "",
  "a",
  "general",
  "a b",
  "a%2Fb",
  "a%0A",
  "é",
  "%F0%9F%98%80",
  "A-z_9",
  "x".repeat(50),
  "x".repeat(51),
];
const longNames = ["x".repeat(100), "x".repeat(101), "%F0%9F%98%80".repeat(60), "%F0%9F%98%80".repeat(101)];

const queries: Request[] = [
  ...["limit", "offset"].flatMap((name) => ["", ...values.split(" ")].map((value) => `${name}=${value}`)),
  ...["project_id", "project_type"].flatMap((name) =>
    [...names, ...longNames].map((value) => `${name}=${value}`),
  ),
  "limit=0&project_type=&project_id=%20",
  "limit=0&limit=5",
  "limit=5&limit=x",
  "limit",
  "LIMIT=0",
  "unknown=1&&=&a=b=c",
  "limit=%31%30",
  "limit=1+0",
  "limit=10;project_id=x%20y",
].flatMap((query) =>
  [THREADS, MESSAGES].map((path) => ({ method: "GET", path: `${path}?${query}`, body: null })),
);

const scalars = [
  "null",
  "true",
  '"x"',
  '""',
  "1",
  "0",
  "-1",
  "1.5",
  "3",
  "[]",
  "{}",
  '["x",1,null]',
  '{"a":1,"b":"c"}',
];
const bodies = (
  method: string,
  path: string,
  fields: string[],
  wrap = (member: string) => `{${member}}`,
): Request[] =>
  fields.flatMap((field) => scalars.map((value) => ({ method, path, body: wrap(`"${field}":${value}`) })));

const nested: Record<string, string[]> = {
  settings: ["temperature", "useRag", "persona"],
  customMetadata: ["tags", "labels", "annotations", "source", "version", "extra", "other"],
  permissions: ["ownerId", "canRead", "canWrite", "canDelete", "isPublic", "shareLink"],
};
const documents = [
  ...[
    "sessionId",
    "description",
    "summary",
    "category",
    "customMetadata",
    "parentThreadId",
    "relatedThreads",
  ],
  ...["settings", "pinnedDocuments", "permissions"],
];
const texts = ["title", "projectType", "initialMessage", "tags", "threadId", "unknown"];
const messageFields = [
  "messageId",
  "role",
  "content",
  "agentUsed",
  "inputTokens",
  "outputTokens",
  "responseTimeMs",
];

const sent: Request[] = [
  ...bodies("POST", THREADS, [...texts, ...documents]),
  ...bodies("PATCH", `${THREADS}/a`, ["title", "tags", "isArchived", "isPinned", "isReadonly", ...documents]),
  ...Object.entries(nested).flatMap(([name, fields]) =>
    bodies("PATCH", `${THREADS}/a`, fields, (member) => `{"${name}":{${member}}}`),
  ),
  ...bodies("POST", MESSAGES, ["messages"]),
  ...bodies(
    "POST",
    MESSAGES,
    messageFields,
    (member) => `{"messages":[{"role":"user","content":"x",${member}}]}`,
  ),
  ...[
    "",
    "null",
    "[]",
    "1",
    "{",
    '{"messages":[1,',
    '{"messages":[{}]}',
    '{"messages":[{"role":""}]}',
    "\u00e9",
  ].map((body) => ({ method: "POST", path: MESSAGES, body })),
  {
    method: "POST",
    path: MESSAGES,
    body: JSON.stringify({ messages: Array(101).fill({ role: "user", content: "" }) }),
  },
];

/** Queries and bodies made of what is right, nearly right and wrong. */
const anyRequest: fc.Arbitrary<Request> = fc.oneof(
  fc
    .array(
      fc.tuple(
        fc.constantFrom("limit", "offset", "project_id", "project_type"),
        fc.oneof(
          fc.string({ unit: "binary", maxLength: 8 }),
          fc.integer().map(String),
          fc.constantFrom(...names),
        ),
      ),
      { maxLength: 4 },
    )
    .map((pairs) => new URLSearchParams(pairs).toString())
    .map((query) => ({ method: "GET", path: `${THREADS}?${query}`, body: null })),
  fc
    .tuple(
      fc.constantFrom("PATCH", "POST"),
      fc.array(
        fc.tuple(fc.constantFrom(...texts.slice(0, 1), "tags", ...documents), fc.constantFrom(...scalars)),
        {
          maxLength: 6,
        },
      ),
    )
    .map(([method, members]) => ({
      method,
      path: method === "POST" ? THREADS : `${THREADS}/a`,
      body: `{${[...new Map(members)].map(([name, value]) => `"${name}":${value}`).join(",")}}`,
    })),
);

beforeAll(() => python(), PYTHON_SETUP_MS);

test("what is not understood FastAPI refuses in the same words", async ({ skip }) => {
  const found = await pythonOrSkip(skip);
  const { call } = await openDoor(createNaiveStore("second"));
  await call("POST", THREADS, { threadId: "a" });
  const requests = [...queries, ...sent, ...fc.sample(anyRequest, { seed: 1, numRuns: 500 })];
  const answers = await fastapiAnswers(found, requests);
  for (const [index, request] of requests.entries()) {
    const { status, json } = await call(request.method, request.path, request.body ?? undefined);
    const said = status === 422 ? { detail: (json as { detail: unknown }).detail } : {};
    const body = `${request.method} ${request.path} ${request.body}`;
    // Whether a thread is there FastAPI does not ask.
    expect({ status: [404, 409].includes(status) ? 200 : status, ...said }, body).toEqual(
      withShortInputs(answers[index]!),
    );
  }
}, 120_000);

async function fastapiAnswers({ run }: Python, requests: Request[]): Promise<Answer[]> {
  const directory = await mkdtemp(join(tmpdir(), "skein-fastapi-"));
  try {
    const file = join(directory, "requests.jsonl");
    await writeFile(file, requests.map((one) => `${JSON.stringify(one)}\n`).join(""));
    const lines = (await run("chat_reference.py", [file])).trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line) as Answer);
  } finally {
    await rm(directory, { recursive: true });
  }
}
