import type { Instant } from "../../../model/base/instant.ts";
import type { CallChange } from "../../../model/calls/call.ts";
import { elementTexts, memberText, memberTexts } from "../../../model/json/members.ts";
import { printMemberTexts } from "../../../model/json/print.ts";
import { validate } from "../../fastapi/validate.ts";
import { mapInSteps, type Steps } from "../../kit/decode/steps.ts";
import { makeOf } from "../decode-body.ts";
import { type ParsedBody, parseBody } from "../parse-body.ts";
import { toCallEnd, toCallStart } from "./call-halves.ts";
import {
  callEndRequest,
  callStartRequest,
  callsCompleteRequest,
  upsertBatchRequest,
} from "./call-requests.ts";

/** The requests that write calls. */
export type CallsRequestKind = "batch" | "start" | "end" | "complete";

/** A request as it came. */
export interface CallsRequest {
  kind: CallsRequestKind;
  bytes: Uint8Array;
  /** When it came: ids that are made up begin with it. */
  now: Instant;
}

/** The keys of a complete call that are its second half's. */
const END_KEYS = new Set(["ended_at", "exception", "output", "summary", "wb_run_step_end"]);

/** About the most characters of documents in a chunk. */
const CHUNK_LENGTH = 256 * 1024;

/**
 * Reads a request to write calls: all of it, then gives its changes in order, in chunks of bounded size. A `Decoder`.
 *
 * @throws UnprocessableError before the first chunk when any part of it is wrong
 */
export function* decodeCalls({ kind, bytes, now }: CallsRequest): Generator<CallChange[] | undefined> {
  const changes = yield* makeOf(parseBody(bytes), (body) => DECODERS[kind](body, now));
  let chunk: CallChange[] = [];
  let length = 0;
  for (const change of changes) {
    chunk.push(change);
    if ("start" in change) length += change.start.json.length;
    if ("end" in change) length += change.end.json.length;
    if (length < CHUNK_LENGTH) continue;
    yield chunk;
    [chunk, length] = [[], 0];
  }
  if (chunk.length > 0) yield chunk;
}

type CallsDecoder = (body: ParsedBody, now: Instant) => CallChange[] | Steps<CallChange[]>;

const DECODERS: Record<CallsRequestKind, CallsDecoder> = {
  batch({ text, value }, now) {
    const { batch } = validate(upsertBatchRequest, value, ["body"]);
    const items = elementTexts(memberText(text, "batch")!);
    return mapInSteps(batch, (item, index): CallChange => {
      const json = memberText(memberText(items[index]!, "req")!, item.mode)!;
      if (item.mode === "end") return { kind: "end", end: toCallEnd(item.req.end, item.req.end.id, json) };
      return { kind: "start", start: toCallStart(item.req.start, json, now) };
    });
  },

  start({ text, value }, now) {
    const { start } = validate(callStartRequest, value, ["body"]);
    return [{ kind: "start", start: toCallStart(start, memberText(text, "start")!, now) }];
  },

  end({ text, value }) {
    const { end } = validate(callEndRequest, value, ["body"]);
    return [{ kind: "end", end: toCallEnd(end, end.id, memberText(text, "end")!) }];
  },

  complete({ text, value }, now) {
    const { batch } = validate(callsCompleteRequest, value, ["body"]);
    const items = elementTexts(memberText(text, "batch")!);
    return mapInSteps(batch, (body, index): CallChange => {
      const halves = Map.groupBy(memberTexts(items[index]!), ([key]) =>
        END_KEYS.has(key) ? "end" : "start",
      );
      const start = toCallStart(body, printMemberTexts(halves.get("start") ?? []), now);
      const end = toCallEnd(body, start.callId, printMemberTexts(halves.get("end") ?? []));
      return { kind: "complete", start, end };
    });
  },
};
