import { create } from "@bufbuild/protobuf";
import {
  type Thread,
  ThreadSchema,
  type ThreadTtl as TtlMessage,
  TtlStrategy as TtlStrategyMessage,
} from "../../../gen/skein/v1/thread_record_pb.ts";
import { ThreadStatus as StatusMessage } from "../../../gen/skein/v1/thread_status_pb.ts";
import { type FaultPath, InvalidRequestError } from "../../model/base/errors.ts";
import type {
  ThreadRecord,
  ThreadStatus,
  ThreadTtl,
  TtlStrategy,
} from "../../model/threads/thread-record.ts";
import { isTtlMinutes, TTL_MINUTES_FAULT } from "../../model/threads/ttl.ts";
import { messageBytes } from "../kit/rpc/message-size.ts";
import { toTimestamp } from "../kit/rpc/timestamps.ts";
import { readEnum } from "./fields.ts";

const STATUSES: Record<StatusMessage, ThreadStatus | null> = {
  [StatusMessage.UNSPECIFIED]: null,
  [StatusMessage.IDLE]: "idle",
  [StatusMessage.BUSY]: "busy",
  [StatusMessage.INTERRUPTED]: "interrupted",
  [StatusMessage.ERROR]: "error",
};

const STATUS_MESSAGES: Record<ThreadStatus, StatusMessage> = {
  idle: StatusMessage.IDLE,
  busy: StatusMessage.BUSY,
  interrupted: StatusMessage.INTERRUPTED,
  error: StatusMessage.ERROR,
};

const STRATEGIES: Record<TtlStrategyMessage, TtlStrategy | undefined> = {
  [TtlStrategyMessage.UNSPECIFIED]: undefined,
  [TtlStrategyMessage.DELETE]: "delete",
  [TtlStrategyMessage.KEEP_LATEST]: "keep_latest",
};

const STRATEGY_MESSAGES: Record<TtlStrategy, TtlStrategyMessage> = {
  delete: TtlStrategyMessage.DELETE,
  keep_latest: TtlStrategyMessage.KEEP_LATEST,
};

/** What a thread's times, status and time to live take at most. */
const NUMBER_BYTES = 128;

/** The status a request names; null where it names none. */
export function readStatus(status: StatusMessage, path: FaultPath): ThreadStatus | null {
  return readEnum(STATUSES, status, path);
}

/** What is to become of a thread when its time is up. */
export function readStrategy(strategy: TtlStrategyMessage, path: FaultPath): TtlStrategy {
  return readEnum(STRATEGIES, strategy, path);
}

/** The time to live a request sets; null where it sets none. */
export function readTtl(ttl: TtlMessage | undefined): Pick<ThreadTtl, "strategy" | "minutes"> | null {
  if (!ttl) return null;
  const { strategy, minutes } = ttl;
  if (!isTtlMinutes(minutes)) {
    throw new InvalidRequestError([{ path: ["ttl", "minutes"], message: TTL_MINUTES_FAULT }]);
  }
  return { strategy: readStrategy(strategy, ["ttl", "strategy"]), minutes };
}

/** A thread as it is sent without its documents. */
export function toBareThread(record: ThreadRecord): Thread {
  const { threadId, createdAt, updatedAt, stateUpdatedAt, status, ttl } = record;
  return create(ThreadSchema, {
    threadId,
    createdAt: toTimestamp(createdAt),
    updatedAt: toTimestamp(updatedAt),
    stateUpdatedAt: toTimestamp(stateUpdatedAt),
    status: STATUS_MESSAGES[status],
    ...(ttl && {
      ttl: {
        strategy: STRATEGY_MESSAGES[ttl.strategy],
        minutes: ttl.minutes,
        expiresAt: toTimestamp(ttl.expiresAt),
      },
    }),
  });
}

/**
 * A thread as it is sent with the documents that were read.
 *
 * @param aliases the names of the record's extracted values, in their order
 */
export function toThread(record: ThreadRecord, aliases: string[] = []): Thread {
  const { metadata, values, interrupts, extracted = [] } = record;
  const thread = toBareThread(record);
  if (metadata !== undefined) thread.metadataJson = metadata;
  if (values !== undefined && values !== null) thread.valuesJson = values;
  if (interrupts !== undefined) thread.interruptsJson = interrupts;
  // Not by assignment, which would drop an alias `__proto__`.
  thread.extractedJson = Object.fromEntries(extracted.map((text, index) => [aliases[index]!, text]));
  return thread;
}

/** An upper bound of the encoded size of a thread. */
export function threadBytes(record: ThreadRecord, aliases: string[] = []): number {
  const { threadId, metadata = "", values, interrupts = "", extracted = [] } = record;
  const bytes = messageBytes(NUMBER_BYTES, threadId, metadata, values ?? "", interrupts);
  return extracted.reduce((sum, text, index) => sum + messageBytes(0, aliases[index]!, text), bytes);
}
