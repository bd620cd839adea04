import { createHash } from "node:crypto";
import { createDigest, documentDigest, tableDigest } from "../src/model/content/digest.ts";
import { parseJson } from "../src/model/json/parse.ts";
import { THREAD_SORT_FIELDS } from "../src/model/threads/thread.ts";
import { expression } from "./expressions.ts";
import type { Rng } from "./rng.ts";

/**
 * Plausible values by the name of a field. The names are those of the dialects: what a value has to be like follows from
 * its name far more often than from its place. Ids come from a small pool, so that requests meet what others stored.
 */
export type Words = (name: string) => unknown;

/** After so many inputs the pool is another: what is stored under one id stays small. */
const INPUTS_OF_A_POOL = 20_000;

/** The first moment of everything that is sent, so that nothing depends on the clock. */
const START_MS = Date.UTC(2026, 0, 1);

/** Words of an input. */
export function createWords(rng: Rng, number: number): Words {
  const pool = Math.floor(number / INPUTS_OF_A_POOL);
  const id = (kind: string, count: number) => digestOf(`${pool} ${kind} ${rng.below(count)}`);
  // Mostly all of a request speaks of one project, as programs do.
  const usual = project(rng, pool);
  const projectId = () => (rng.chance(0.97) ? usual : project(rng, pool));
  const [entity = "", ...rest] = usual.split("/");
  const makers: [RegExp, () => unknown][] = [
    [/^project_id$/, projectId],
    [/^entity$/, () => entity],
    [/^project$/, () => rest.join("/") || entity],
    [/project_type/, () => rng.pick(["agent", "coding", "chat"])],
    [/^(thread|conversation|session|span_conversation)_id$/, () => uuid(id("thread", 6))],
    [/^trace_id$|^span_trace_id$/, () => id("trace", 12).slice(0, 32)],
    [/span_id$/, () => id("span", 40).slice(0, 16)],
    [/checkpoint_id$/, () => uuid(id("checkpoint", 8))],
    [/^checkpoint_ns$/, () => ""],
    [/^(message_id|step_id)$/, () => `m${rng.below(40)}`],
    [/^(id|call_id|parent_id|turn_id|.*_turn_id)$/, () => uuid(id("call", 30))],
    [/digest$|^version$/, () => rng.pick([...DIGESTS, "latest", "v0", "v1"])],
    [/ref$/, () => ref(rng, projectId(), uuid(id("call", 30)))],
    [/nano$/, () => String(BigInt(moment(rng)) * 1_000_000n)],
    [/(_at|_time|_after|_before|datetime|timestamp|^time|^before|^after)$/, () => time(rng)],
    [/^op_name$/, () => rng.pick([`weave:///${projectId()}/op/answer:*`, "answer", "predict"])],
    [/^object_id$/, () => rng.pick(["agent", "prompt", "answer"])],
    [/^role$/, () => rng.pick(["user", "assistant", "system", "tool"])],
    [/^(limit|offset|count|max_.*|.*tokens|index|page_size|skip)$/, () => rng.from(0, 20)],
    [/(_ms|score|^cost|^ttl|minutes)$/, () => rng.pick([1, 1.5, 60, 43200])],
    [/^(direction|sort_order)$/, () => rng.pick(["asc", "desc"])],
    [/^(field|column)$/, () => rng.pick(FIELDS)],
    [/^sort_by$/, () => rng.pick([...FIELDS, []])],
    [/^(select|fields|columns)$/, () => some(rng, 3, () => rng.pick([...FIELDS, ...SELECTED]))],
    [/^strategy$/, () => rng.pick(["delete", "keep_latest"])],
    [/^if_exists$/, () => rng.pick(["raise", "do_nothing"])],
    [/^status$/, () => rng.pick(["idle", "busy", "interrupted", "error"])],
    [/^feedback_type$/, () => rng.pick(["wandb.agent_user_feedback", "wandb.reaction.1", "custom"])],
    [/(tags|emoji)$/, () => some(rng, 3, () => rng.pick(["👍", "👎", "good", "late", ""]))],
    [/^scorer_rating_reasons$/, () => ({ quality: sentence(rng) })],
    [/^scorer_rat/, () => ({ quality: rng.from(0, 1), tone: rng.next() })],
    [
      /^(query|where|filter)$/,
      () => rng.pick([expression(rng, FIELDS), expression(rng, ["id"]), GRAPHQL, "why"]),
    ],
    [/^messages$/, () => some(rng, 3, () => message(rng))],
    [/^(updates)$/, () => some(rng, 3, () => update(rng))],
    [/^rows$/, () => rng.pick<unknown>([ROWS, some(rng, 4, () => document(rng, 2))])],
    [/^supersteps$/, () => [{ updates: [{ values: document(rng, 2), as_node: "agent" }] }]],
    [/^extract$/, () => ({ first: "values.messages[0].content", last: "metadata.a" })],
    [/^tasks_json$/, () => JSON.stringify(some(rng, 2, () => document(rng, 1)))],
    [/_json$/, () => JSON.stringify(document(rng, 2))],
    [
      /^(text|content|title|name|.*name|initial_message|.*_by|creator|user_id|model|agent.*)$/,
      () => sentence(rng),
    ],
    [
      /(metadata|attributes|inputs|summary|payload|values|variables|val|row|output|document|context)/,
      () => document(rng, 3),
    ],
    [/^(is_|include|has_|archived|pinned|metadata_only|latest_only|trace_roots)/, () => rng.chance(0.5)],
    [/(page_token|cursor)/, () => rng.pick(["", "", "eyJ0IjoxfQ", rng.bytes(12).toString("base64url")])],
  ];

  function word(given: string): unknown {
    const name = snake(given);
    const found = makers.find(([pattern]) => pattern.test(name));
    if (found) return found[1]();
    // Many of something: a list of it.
    if (/[a-z]s$/.test(name)) return some(rng, 3, () => word(name.slice(0, -1)));
    return rng.pick([sentence(rng), rng.from(0, 9), document(rng, 1), null]);
  }
  return word;
}

/** Names of columns of the lists that can be sorted and of what can be returned. */
const FIELDS = [
  ...THREAD_SORT_FIELDS,
  ...[
    "id",
    "started_at",
    "ended_at",
    "op_name",
    "inputs.question",
    "output.score",
    "summary.weave.latency_ms",
  ],
  ...["created_at", "updated_at", "feedback_type", "payload.note", "weave_ref", "creator", "object_id"],
];

const SELECTED = ["values", "metadata", "status", "checkpoint", "tasks", "next", "values.messages", "ttl"];

const GRAPHQL = 'query Q($name: String!) { project(name: $name, entityName: "a") { internalId name } }';

/** Rows, a table and a file that are stored again and again, so that their digests are known. */
const ROWS = [{ a: 1 }, { question: "why" }, { rows: "weave:///default/table/none" }];
const ROW_DIGESTS = ROWS.map((row) => documentDigest(parseJson(JSON.stringify(row), [])));
const TABLE_DIGEST = tableDigest(ROW_DIGESTS);
export const FILE = Buffer.from("a file");
const DIGESTS = [...ROW_DIGESTS, TABLE_DIGEST, fileDigest(FILE), fileDigest(Buffer.alloc(0))];

function fileDigest(bytes: Buffer): string {
  const digest = createDigest();
  digest.add(bytes);
  return digest.finish();
}

const PROJECTS = ["default", "a/b", "team/app", "solo"];

function project(rng: Rng, pool: number): string {
  const name = rng.pick(PROJECTS);
  return pool === 0 ? name : `${name}-${pool}`;
}

function ref(rng: Rng, projectId: string, callId: string): string {
  const place = `weave:///${projectId}`;
  return rng.pick([
    `${place}/call/${callId}`,
    `${place}/agent_conversation/hello%20there`,
    `${place}/agent_turn/${digestOf("turn").slice(0, 32)}`,
    `${place}/agent_span/${digestOf("span").slice(0, 16)}`,
    `${place}/object/agent:latest/attr/rows/id/${ROW_DIGESTS[0]}/key/a`,
    `${place}/object/prompt:v0/attr/list/index/0`,
    `${place}/op/answer:*`,
    `${place}/table/${TABLE_DIGEST}`,
    `${place}/object/agent:v0/attr/%zz`,
    "weave:///a%zz/b/table/c",
  ]);
}

function message(rng: Rng): Record<string, unknown> {
  const words = { role: rng.pick(["user", "assistant"]), content: sentence(rng) };
  return rng.pick<Record<string, unknown>>([
    words,
    { ...words, messageId: `m${rng.below(40)}`, timestamp: time(rng), inputTokens: rng.below(100) },
    {
      role: "assistant",
      content: [{ type: "text", text: sentence(rng) }],
      tool_calls: [{ id: "t", name: "f" }],
    },
    { type: "human", content: sentence(rng), id: `m${rng.below(40)}` },
    { role: "tool", content: "42", tool_call_id: "t" },
  ]);
}

function update(rng: Rng): Record<string, unknown> {
  return rng.pick<Record<string, unknown>>([
    { append: { row: document(rng, 2) } },
    { insert: { index: rng.from(-1, 3), row: document(rng, 1) } },
    { pop: { index: rng.from(0, 3) } },
    { values: document(rng, 2), as_node: "agent" },
  ]);
}

/** A small document, as programs keep beside conversations. */
export function document(rng: Rng, depth: number): Record<string, unknown> {
  const members = Array.from({ length: rng.from(0, 4) }, () => [rng.pick(KEYS), leaf(rng, depth)]);
  return Object.fromEntries(members) as Record<string, unknown>;
}

const KEYS = [
  "a",
  "b",
  "question",
  "answer",
  "score",
  "usage",
  "model",
  "messages",
  "nested",
  "rows",
  "_type",
  "x.y",
];

function leaf(rng: Rng, depth: number): unknown {
  const kind = rng.below(depth > 0 ? 9 : 6);
  if (kind === 0) return rng.from(-3, 1000);
  if (kind === 1) return rng.next();
  if (kind === 2) return rng.chance(0.5);
  if (kind === 3) return null;
  if (kind === 4) return rng.chance(0.2) ? ref(rng, "team/app", "") : sentence(rng);
  if (kind === 5) return sentence(rng);
  if (kind === 6) return some(rng, 3, () => leaf(rng, depth - 1));
  if (kind === 7) return some(rng, 2, () => message(rng));
  return document(rng, depth - 1);
}

const WORDS = [
  "why",
  "is",
  "the",
  "sky",
  "blue",
  "tell",
  "me",
  "a",
  "joke",
  "naïve",
  "日本",
  "😀",
  "score",
  "42",
];

function sentence(rng: Rng): string {
  return some(rng, 6, () => rng.pick(WORDS)).join(" ");
}

function time(rng: Rng): unknown {
  const at = new Date(moment(rng));
  return rng.pick([
    at.toISOString(),
    at.toISOString(),
    at.getTime() / 1000,
    at.toISOString().replace("Z", "+02:00"),
  ]);
}

function moment(rng: Rng): number {
  return START_MS + rng.below(86_400_000);
}

function some<T>(rng: Rng, most: number, make: () => T): T[] {
  return Array.from({ length: rng.from(0, most) }, make);
}

function uuid(digest: string): string {
  return digest.slice(0, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A name in the form that protocol buffers have it, whatever form it came in. */
function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
