import { InvalidRequestError } from "../../../src/model/base/errors.ts";
import type { JsonObject, JsonValue } from "../../../src/model/json/value.ts";
import { isNumber, isObject, member, merged, parsed, printed } from "./json.ts";
import { compareDigits } from "./numbers.ts";

/** The values of a state after an update: members replace members, and messages are added to the messages there are. */
export function updated(values: JsonObject, update: JsonObject): JsonObject {
  const given = update.get("messages");
  if (!Array.isArray(given) && !isObject(given)) return merged(values, update);
  const there = values.get("messages");
  const messages = withMessages(Array.isArray(there) ? there : [], asList(given));
  return merged(values, merged(update, new Map([["messages", messages]])));
}

function asList(given: JsonValue[] | JsonObject): JsonValue[] {
  if (Array.isArray(given)) return given;
  // Reading it again refuses a list that is too deep.
  return parsed(printed(new Map([["", [given]]]))).get("") as JsonValue[];
}

/** A message takes the place of the one with its id, or comes last; removals take out what has their id, or everything. */
function withMessages(there: JsonValue[], given: JsonValue[]): JsonValue[] {
  let messages = [...there];
  let removed: JsonValue[] = [];
  for (const message of given) {
    const id = idOf(message);
    if (member(message, "type") === "remove") {
      if (id === null) throw new InvalidRequestError([]);
      if (id === "__remove_all__") messages = [];
      removed.push(id);
      continue;
    }
    const place = messages.findLastIndex((each) => isSameId(idOf(each), id));
    if (place === -1) messages.push(message);
    else messages[place] = message;
    removed = removed.filter((each) => !isSameId(each, id));
  }
  return messages.filter((message) => !removed.some((id) => isSameId(id, idOf(message))));
}

function idOf(message: JsonValue): JsonValue {
  const id = member(message, "id");
  return typeof id === "string" || isNumber(id) ? id : null;
}

function isSameId(a: JsonValue, b: JsonValue): boolean {
  if (isNumber(a) && isNumber(b)) return compareDigits(a.digits, b.digits) === 0;
  return a !== null && a === b;
}

/** How a state came about, in the words of LangGraph's checkpoints. */
export function checkpointMetadata(step: number, node: string | null): string {
  return JSON.stringify({ source: "update", step, parents: {}, ...(node === null ? {} : { as_node: node }) });
}

/** The id of a state: the one offered, or, where the thread has a greater one, the next after that. */
export function stateId(offered: string, latest: string | undefined): string {
  if (latest === undefined || offered > latest) return offered;
  const number = BigInt(`0x${latest.replaceAll("-", "")}`) + 1n;
  const hex = number.toString(16).padStart(32, "0");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
