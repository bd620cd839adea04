import type { StoredCall } from "../../../src/model/calls/call.ts";
import type { JsonObject, JsonValue } from "../../../src/model/json/value.ts";
import type { FieldPath } from "../../../src/model/query/expression/expression.ts";
import type { Value } from "../../../src/model/query/expression/value.ts";
import { opName } from "./call-span.ts";
import { lookedUp } from "./expression.ts";
import { isNumber, isObject, member, stored } from "./json.ts";

/** The fields that are documents, or what is in them. */
const DOCUMENTS = "attributes inputs exception output summary wb_run_step wb_run_step_end".split(" ");

export function isInDocument([name]: FieldPath): boolean {
  return DOCUMENTS.includes(name!);
}

/** A field of a call, whose halves are at hand. */
export function readCall(call: StoredCall, [name, ...steps]: FieldPath): Value {
  const start = () => stored(call.start ?? "{}");
  const end = () => stored(call.end ?? "{}");
  switch (name) {
    case "id":
      return call.callId;
    case "trace_id":
      return call.traceId;
    case "parent_id":
      return call.parentId;
    case "op_name":
      return call.opName;
    case "display_name":
      return call.displayName;
    case "thread_id":
      return call.threadId;
    case "turn_id":
      return call.turnId;
    case "started_at":
      return { instant: call.startedAt };
    case "ended_at":
      return call.endedAt === null ? null : { instant: call.endedAt };
    case "wb_user_id":
      return call.userId;
    case "wb_run_id":
      return call.runId;
    case "attributes":
    case "inputs":
      return lookedUp(member(start(), name) ?? new Map(), steps);
    case "wb_run_step":
      return lookedUp(member(start(), name) ?? null, steps);
    case "summary":
      return lookedUp(summary(call, end()), steps);
    default:
      return lookedUp(member(end(), name!) ?? null, steps);
  }
}

/** The client's summary, with what is known of the call under `weave`. */
function summary(call: StoredCall, end: JsonValue): JsonObject {
  const given = objectOr(member(end, "summary"));
  const known: [string, JsonValue | null][] = [
    ["status", status(call, end)],
    ["trace_name", opName(call.opName)],
    ["latency_ms", call.endedAt === null ? null : { digits: String(latency(call.startedAt, call.endedAt)) }],
    ["display_name", call.displayName],
  ];
  const others = [...objectOr(given.get("weave"))].filter(([key]) => !known.some(([name]) => name === key));
  return new Map([...given, ["weave", new Map([...others, ...known.filter(([, value]) => value !== null)])]]);
}

function latency(startedAt: number, endedAt: number): number {
  return Math.floor(endedAt / 1000) - Math.floor(startedAt / 1000);
}

function status(call: StoredCall, end: JsonValue): string {
  const exception = member(end, "exception") ?? "";
  if (exception !== "") return "error";
  if (call.endedAt === null) return "running";
  const errors = member(member(member(end, "summary"), "status_counts"), "error");
  return isNumber(errors) && Number(errors.digits) > 0 ? "descendant_error" : "success";
}

function objectOr(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : new Map();
}
