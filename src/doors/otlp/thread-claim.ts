import type { AnyValue } from "../../../gen/opentelemetry/proto/common/v1/common_pb.ts";
import { isLongId } from "../../model/base/ids.ts";
import type { ThreadClaim } from "../../model/traces/span.ts";
import type { Attributes } from "./attributes.ts";
import type { DialectTables } from "./dialects/tables.ts";

/** What a span says of its thread by its own attributes; null when it says nothing that counts. */
export function threadClaimOf(attributes: Attributes, tables: DialectTables): ThreadClaim | null {
  for (const { key, rank } of tables.threadKeys) {
    const threadId = toThreadId(attributes.get(key));
    if (threadId !== null) return { threadId, rank, key };
  }
  return null;
}

/**
 * A non-empty string that is no longer than ids may be, or an integer's digits. Anything else is passed over: the next
 * attribute may say it, and the span, with all its attributes in its payload, is worth more than none.
 */
function toThreadId(any: AnyValue | undefined): string | null {
  const value = any?.value;
  if (value?.case === "intValue") return String(value.value);
  if (value?.case !== "stringValue" || value.value === "") return null;
  return isLongId(value.value) ? null : value.value;
}

/** What a span says of being a turn; null when nothing. Of two that say otherwise, the one that says it is none counts. */
export function isTurnOf(attributes: Attributes, tables: DialectTables): boolean | null {
  const said = tables.turnKeys.map((key) => toBoolean(attributes.get(key)));
  return said.includes(false) ? false : said.includes(true) ? true : null;
}

/** A boolean, 0 or 1, or the text true or false in any case. */
function toBoolean(any: AnyValue | undefined): boolean | null {
  const value = any?.value;
  switch (value?.case) {
    case "boolValue":
      return value.value;
    case "intValue":
    case "doubleValue":
      return oneOf(String(value.value), "0", "1");
    case "stringValue":
      return oneOf(value.value.toLowerCase(), "false", "true");
    default:
      return null;
  }
}

function oneOf(text: string, no: string, yes: string): boolean | null {
  if (text === yes) return true;
  return text === no ? false : null;
}
