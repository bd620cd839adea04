import { z } from "zod";
import { THREAD_STATUSES } from "../../model/threads/thread-record.ts";
import type { EntryOf } from "../../model/transfer.ts";

/*
 * How each entry is written as JSON, and read back: by its own names, bytes in base64, documents as the texts they are.
 * The schema also fixes the order of keys, so that equal entries have equal lines.
 */

const text = z.string().refine((value) => value.isWellFormed(), "holds half a surrogate pair");
const json = text.refine((value) => parsed(value) !== undefined, "is not JSON");
const jsonObject = text.refine((value) => {
  const document = parsed(value);
  return typeof document === "object" && document !== null && !Array.isArray(document);
}, "is no JSON object");
const instant = z.int();
const count = z.int().min(0);
const nanos = z.int().min(0).max(999);
const array = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const bytes = z.codec(z.base64(), array, {
  decode: (written) => Buffer.from(written, "base64"),
  encode: ({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength).toString("base64"),
});

const spanMessage = z.strictObject({ role: z.enum(["user", "assistant"]), text, json });

const span = z.strictObject({
  kind: z.literal("span"),
  traceId: text,
  spanId: text,
  parentSpanId: text.nullable(),
  name: text,
  operationName: text,
  status: z.enum(["UNSET", "OK", "ERROR"]),
  startedAt: instant,
  startedAtNanos: nanos,
  endedAt: instant.nullable(),
  endedAtNanos: nanos,
  threadClaim: z.strictObject({ threadId: text, rank: z.int(), key: text }).nullable(),
  isTurn: z.boolean().nullable(),
  agentName: text.nullable(),
  model: text.nullable(),
  inputTokens: z.int().nullable(),
  outputTokens: z.int().nullable(),
  messages: z.array(spanMessage),
  payload: bytes,
  origin: bytes,
}) satisfies z.ZodType<EntryOf<"span">>;

const call = z.strictObject({
  kind: z.literal("call"),
  callId: text,
  start: z
    .strictObject({
      traceId: text,
      parentId: text.nullable(),
      opName: text,
      displayName: text.nullable(),
      threadId: text.nullable(),
      turnId: text.nullable(),
      startedAt: instant,
      userId: text.nullable(),
      runId: text.nullable(),
      model: text.nullable(),
      messages: z.array(spanMessage),
      refs: z.array(text),
      json: jsonObject,
    })
    .nullable(),
  end: z
    .strictObject({
      endedAt: instant,
      failed: z.boolean(),
      displayName: text.nullable(),
      model: text.nullable(),
      inputTokens: z.int().nullable(),
      outputTokens: z.int().nullable(),
      messages: z.array(spanMessage),
      bareText: text.exactOptional(),
      refs: z.array(text),
      json: jsonObject,
    })
    .nullable(),
  givenName: text.nullable(),
}) satisfies z.ZodType<EntryOf<"call">>;

const feedback = z.strictObject({
  kind: z.literal("feedback"),
  id: text,
  createdAt: instant,
  feedbackType: text,
  target: z.strictObject({ kind: z.enum(["conversation", "turn", "span", "call", "other"]), id: text }),
  weaveRef: text,
  payloadJson: jsonObject,
  creator: text.nullable(),
  userId: text.nullable(),
  tags: z.array(text),
  ratings: z.array(
    z.strictObject({
      name: text,
      value: z.number(),
      reason: text.nullable(),
      confidence: z.number().nullable(),
    }),
  ),
  extraJson: jsonObject,
}) satisfies z.ZodType<EntryOf<"feedback">>;

const thread = z.strictObject({
  kind: z.literal("thread"),
  threadId: text,
  madeAt: instant,
  changedAt: instant,
  stateChangedAt: instant.nullable(),
  status: z.enum(THREAD_STATUSES),
  ttl: z
    .strictObject({
      strategy: z.enum(["delete", "keep_latest"]),
      minutes: z.number().positive(),
      expiresAt: instant,
    })
    .nullable(),
  metadata: jsonObject,
  chat: z.strictObject({
    projectType: text,
    title: text.nullable(),
    tags: z.array(text),
    documents: jsonObject,
    isArchived: z.boolean(),
    isPinned: z.boolean(),
    isReadonly: z.boolean(),
    createdBy: text.nullable(),
    modifiedBy: text.nullable(),
    revision: count,
  }),
}) satisfies z.ZodType<EntryOf<"thread">>;

const checkpoint = z.strictObject({
  kind: z.literal("checkpoint"),
  threadId: text,
  checkpointId: text,
  parentId: text.nullable(),
  step: count,
  asNode: text.nullable(),
  createdAt: instant,
  values: jsonObject,
  next: z.array(text),
  tasks: json,
  interrupts: jsonObject,
  messageTimes: z.array(instant),
}) satisfies z.ZodType<EntryOf<"checkpoint">>;

const message = z.strictObject({
  kind: z.literal("message"),
  threadId: text,
  messageId: text,
  role: text,
  createdAt: instant,
  text,
  json,
  agent: text.nullable(),
  model: text.nullable(),
  inputTokens: z.int().nullable(),
  outputTokens: z.int().nullable(),
  responseTimeMs: z.number().nullable(),
}) satisfies z.ZodType<EntryOf<"message">>;

const document = z.strictObject({
  kind: z.literal("document"),
  digest: text,
  json,
}) satisfies z.ZodType<EntryOf<"document">>;

const object = z.strictObject({
  kind: z.literal("object"),
  objectId: text,
  versionIndex: count,
  digest: text,
  isOp: z.boolean(),
  baseObjectClass: text.nullable(),
  leafObjectClass: text.nullable(),
  userId: text.nullable(),
  createdAt: instant,
}) satisfies z.ZodType<EntryOf<"object">>;

const removal = z.strictObject({
  kind: z.literal("removal"),
  objectId: text,
  nextIndex: count,
}) satisfies z.ZodType<EntryOf<"removal">>;

const table = z.strictObject({
  kind: z.literal("table"),
  digest: text,
  rowDigests: z.array(text),
  continues: z.boolean(),
}) satisfies z.ZodType<EntryOf<"table">>;

const file = z.strictObject({
  kind: z.literal("file"),
  digest: text,
  pieces: z.array(bytes),
  continues: z.boolean(),
}) satisfies z.ZodType<EntryOf<"file">>;

export const ENTRY_SCHEMAS = [
  span,
  call,
  feedback,
  thread,
  checkpoint,
  message,
  document,
  object,
  removal,
  table,
  file,
] as const;

/** What a text says as JSON; undefined if it is none. */
function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}
