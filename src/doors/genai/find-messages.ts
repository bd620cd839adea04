import { textAt } from "../../model/json/members.ts";
import { parseJson } from "../../model/json/parse.ts";
import { isPlainObject, type PlainDocument, type PlainObject } from "../../model/json/plain.ts";
import { printJson } from "../../model/json/print.ts";
import {
  type DefaultRole,
  isPart,
  isStepPart,
  messageOf,
  type ReadMessage,
  readMessage,
} from "../../model/transcripts/message-content.ts";

/** A message found in what a span or a call holds, before the ones that count are chosen. */
export interface FoundMessage extends ReadMessage {
  /** Whether it says its role; bare text and parts do not. */
  saysRole: boolean;
  /** Makes the text of the message: a JSON value with the digits that came. */
  print(): string;
}

/** Members under which frameworks put messages or the one text that matters, the surest first. */
export const USUAL_MEMBERS: readonly string[] = [
  "messages",
  "choices",
  "generations",
  "message",
  "inputs",
  "outputs",
  "input",
  "output",
  "prompt",
  "question",
  "query",
  "answer",
  "response",
  "result",
  "text",
  "content",
  "args",
];

/** No known shape wraps messages deeper than this. */
const MAX_DEPTH = 6;

/** What a message may be that is printed with every digit. */
const LENIENCY = { maxDepth: 1000, loneSurrogates: true };

/** Matches what `JSON.parse` may lose: digits of numbers, the order of keys. A match inside a string costs time only. */
const PERHAPS_INEXACT = /(?:^|[[{:,])\s*(?:-0|-?\d{16}|-?\d+[.eE]|"\d+"\s*:)/;

/** Where a value is in a document: the way to it, the last step first; null for the whole. */
type Place = { step: string | number; in: Place } | null;

/** The messages in a text, which is a document if it is a JSON array, object or string, else one message. */
export function messagesInText(text: string, role: DefaultRole, members = USUAL_MEMBERS): FoundMessage[] {
  return findMessages({ text, value: parseIfJson(text) }, role, members);
}

/**
 * The messages in a document: those of a list of messages, wherever in it that is; or bare text, which is one message of
 * the default role. A document without any known shape is one message without text.
 *
 * @param members under which objects are looked through, the first that has any messages counts
 */
export function findMessages(
  { text, value }: PlainDocument,
  role: DefaultRole,
  members = USUAL_MEMBERS,
): FoundMessage[] {
  let isInexact: boolean | null = null;
  const found = search(value, null);
  if (found.length > 0 || typeof value !== "object" || value === null || isEmpty(value)) return found;
  return [foundAt(null, value, { role, text: "", isStep: false }, false)];

  function foundAt(place: Place, at: unknown, message: ReadMessage, saysRole: boolean): FoundMessage {
    const print = () => {
      // It may be bare text, which is no JSON; and texts lose nothing.
      if (typeof at === "string") return JSON.stringify(at);
      isInexact ??= PERHAPS_INEXACT.test(text);
      return isInexact ? printExactly(text, place) : JSON.stringify(at);
    };
    return { ...message, saysRole, print };
  }

  function search(at: unknown, place: Place, depth = MAX_DEPTH): FoundMessage[] {
    if (typeof at === "string") return at === "" ? [] : [foundAt(place, at, messageOf(at, role), false)];
    if (depth === 0) return [];
    if (Array.isArray(at)) return searchList(at, place, depth);
    return isPlainObject(at) ? searchObject(at, place, depth) : [];
  }

  function searchList(list: unknown[], place: Place, depth: number): FoundMessage[] {
    if (list.some(isPart) && !list.some((item) => isPlainObject(item) && "role" in item)) {
      return [foundAt(place, list, messageOf(list, role), false)];
    }
    const all: FoundMessage[] = [];
    for (const [step, item] of list.entries()) {
      for (const message of search(item, { step, in: place }, depth - 1)) all.push(message);
    }
    return all;
  }

  function searchObject(object: PlainObject, place: Place, depth: number): FoundMessage[] {
    const message = readMessage(object);
    if (message) return [foundAt(place, object, message, true)];
    if (isStepPart(object)) return [];
    for (const step of members) {
      const all = Object.hasOwn(object, step) ? search(object[step], { step, in: place }, depth - 1) : [];
      if (all.length > 0) return all;
    }
    return [];
  }
}

/** Reads text as JSON if it is a JSON array, object or string; else it stays text. */
export function parseIfJson(text: string): unknown {
  if (!/^\s*["[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Cuts the text of a value out of a document, and prints it without white space. */
function printExactly(document: string, place: Place): string {
  const steps: (string | number)[] = [];
  for (let at = place; at !== null; at = at.in) steps.unshift(at.step);
  return printJson(parseJson(textAt(document, steps), [], LENIENCY));
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
