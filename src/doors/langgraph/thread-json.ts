import { formatInstant } from "../../model/base/instant.ts";
import { THREAD_FIELDS } from "../../model/query/extract.ts";
import type { ThreadRecord, ThreadTtl } from "../../model/threads/thread-record.ts";

type ThreadField = (typeof THREAD_FIELDS)[number];

/** What of a thread to print. */
export interface ThreadView {
  fields: readonly ThreadField[];
  withTtl: boolean;
  /** The names of `ThreadRecord.extracted`, in its order; `null` prints none of it. */
  aliases: string[] | null;
}

/** A thread without what is only returned when asked for. */
export const WHOLE_THREAD: ThreadView = { fields: THREAD_FIELDS, withTtl: false, aliases: null };

const PRINT: Record<ThreadField, (thread: ThreadRecord) => string> = {
  thread_id: ({ threadId }) => JSON.stringify(threadId),
  created_at: ({ createdAt }) => time(createdAt),
  updated_at: ({ updatedAt }) => time(updatedAt),
  state_updated_at: ({ stateUpdatedAt }) => time(stateUpdatedAt),
  metadata: ({ metadata = "{}" }) => metadata,
  // Where no graph runs there is nothing to configure.
  config: () => "{}",
  status: ({ status }) => `"${status}"`,
  values: ({ values = null }) => String(values),
  interrupts: ({ interrupts = "{}" }) => interrupts,
};

/** A thread as LangGraph's API prints it, in parts; documents are the text they are stored as. */
export function printThread(thread: ThreadRecord, { fields, withTtl, aliases }: ThreadView): string[] {
  const parts = fields.flatMap((field, index) => [
    `${index === 0 ? "{" : ","}"${field}":`,
    PRINT[field](thread),
  ]);
  if (withTtl) parts.push(`,"ttl":${ttlJson(thread.ttl)}`);
  if (aliases) {
    const extracted = aliases.map((alias, index) => `"${alias}":${thread.extracted?.[index]}`);
    parts.push(`,"extracted":{${extracted.join(",")}}`);
  }
  parts.push("}");
  return parts;
}

function ttlJson(ttl: ThreadTtl | null): string {
  if (ttl === null) return "null";
  const { strategy, minutes, expiresAt } = ttl;
  return `{"strategy":"${strategy}","ttl_minutes":${minutes},"expires_at":${time(expiresAt)}}`;
}

function time(instant: number): string {
  return `"${formatInstant(instant)}"`;
}
