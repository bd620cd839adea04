import { InvalidRequestError } from "../base/errors.ts";
import { MAX_JSON_DEPTH } from "../json/parse.ts";
import { scalarKey } from "../json/scalar-key.ts";
import { isJsonNumber, isJsonObject, type JsonObject, type JsonValue, jsonDepth } from "../json/value.ts";

/** The key of the id with which LangGraph's clients remove all messages. */
const EVERY_MESSAGE = scalarKey("__remove_all__");

/**
 * A document after a shallow merge: the patch's members replace those of the same key or come after the last, null
 * ones too; the other members keep value and place.
 */
export function mergeObjects(document: JsonObject, patch: JsonObject): JsonObject {
  return new Map([...document, ...patch]);
}

/**
 * A thread's state after an update: the update's members replace those of the same key, but `messages`, if they are a
 * list or one object, are added to those that are there. A message whose `id` is there takes that one's place; any
 * other goes to the end; `{"type":"remove","id":…}` takes out the messages of that id, and is passed over if there are
 * none, so that an update may be sent twice. The id `__remove_all__` takes out every message before it.
 *
 * Takes time in proportion to the sizes of both.
 *
 * @param state null before the first update
 * @param path the field that holds the update, for the error
 * @throws InvalidRequestError when a removal has no id, or a single message nests so deeply that a list of it would
 *   pass `MAX_JSON_DEPTH`
 */
export function updateState(
  state: JsonObject | null,
  update: JsonObject,
  path: (string | number)[],
): JsonObject {
  const updated = mergeObjects(state ?? new Map(), update);
  const messages = update.get("messages");
  const added = isJsonObject(messages) ? [messages] : messages;
  if (!Array.isArray(added)) return updated;
  if (added !== messages && jsonDepth(added) >= MAX_JSON_DEPTH) {
    const message = "nests too deeply for one message without a list around it";
    throw new InvalidRequestError([{ path: [...path, "messages"], message }]);
  }
  const present = state?.get("messages");
  updated.set("messages", addMessages(Array.isArray(present) ? present : [], added, [...path, "messages"]));
  return updated;
}

function addMessages(present: JsonValue[], added: JsonValue[], path: (string | number)[]): JsonValue[] {
  const messages: JsonValue[] = [];
  const places = new Map<string, number>();
  const append = (message: JsonValue, key: string | null): void => {
    if (key !== null) places.set(key, messages.length);
    messages.push(message);
  };
  for (const message of present) append(message, idKey(message));

  const removed = new Set<string | null>();
  for (const [index, message] of added.entries()) {
    const key = idKey(message);
    if (isRemoval(message)) {
      if (key === null) throw removalWithoutId([...path, index, "id"]);
      removed.add(key);
      if (key === EVERY_MESSAGE) {
        messages.length = 0;
        places.clear();
      }
      continue;
    }
    removed.delete(key);
    const place = key === null ? undefined : places.get(key);
    if (place === undefined) append(message, key);
    else messages[place] = message;
  }
  return removed.size === 0 ? messages : messages.filter((message) => !removed.has(idKey(message)));
}

/** A message's id as a text that only equal ids share; null if it has none: ids are strings or numbers. */
function idKey(message: JsonValue): string | null {
  const id = isJsonObject(message) ? message.get("id") : undefined;
  return id !== undefined && (typeof id === "string" || isJsonNumber(id)) ? scalarKey(id) : null;
}

function isRemoval(message: JsonValue): boolean {
  return isJsonObject(message) && message.get("type") === "remove";
}

function removalWithoutId(path: (string | number)[]): InvalidRequestError {
  return new InvalidRequestError([{ path, message: "must be the id of the message to remove" }]);
}
