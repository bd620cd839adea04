import { stringOf } from "../json/members.ts";
import { stringEnd } from "../json/scan.ts";
import type { SpanMessage } from "../traces/span.ts";

/**
 * A message as it is kept beside the document that it was found in. What can be read out of its JSON, or out of the
 * document, is not kept once more: in its place stands where it is.
 */
export interface KeptMessage {
  role: SpanMessage["role"];
  /** The text, or its place in the message's JSON (`textPlace`). */
  text: string | number;
  /** The message's JSON, or where in the document it begins and ends. */
  json: string | [start: number, end: number];
}

/** What is kept of a message, given the document that it was found in. Costs a search through both. */
export function keptMessage({ role, text, json }: SpanMessage, document: string): KeptMessage {
  const start = placeOf(json, document);
  const place: [number, number] = [start, start + json.length];
  return { role, text: textPlace(json, text) ?? text, json: start === -1 ? json : place };
}

/** Whether the document is needed to read a kept message. */
export function isInDocument({ json }: KeptMessage): boolean {
  return typeof json !== "string";
}

/** The message that is kept, given the document that it was found in. */
export function readKept({ role, text: kept, json: place }: KeptMessage, document: string): SpanMessage {
  const json = typeof place === "string" ? place : document.slice(...place);
  return { role, text: typeof kept === "string" ? kept : textAtPlace(json, kept), json };
}

/**
 * Where in a JSON text a text stands, as a JSON string: the place of its opening quote, in UTF-16 units. Null where it
 * does not, as where it was joined or cut; and for no text at all, which takes no room.
 */
export function textPlace(json: string, text: string): number | null {
  const at = text === "" ? -1 : placeOf(JSON.stringify(text), json);
  return at === -1 ? null : at;
}

/** Of what is looked for, the start is searched for: a search for much more can take its length times the whole's. */
const HEAD = 200;

/** How many places are looked at that begin alike. */
const MAX_PLACES = 8;

/** Where a part stands in a whole; -1 where it does not, or only after too many places that begin like it. */
function placeOf(part: string, whole: string): number {
  if (part === "") return -1;
  const head = part.slice(0, HEAD);
  let at = whole.indexOf(head);
  for (let places = 1; places < MAX_PLACES && at !== -1 && !whole.startsWith(part, at); places++) {
    at = whole.indexOf(head, at + 1);
  }
  return at !== -1 && whole.startsWith(part, at) ? at : -1;
}

/** The text of the JSON string at a place. */
export function textAtPlace(json: string, at: number): string {
  return stringOf(json.slice(at, stringEnd(json, at)));
}

/** The longest way to write one UTF-16 unit in a JSON string. */
export const LONGEST_ESCAPE = "\\u0000".length;

const WHOLE_PIECES = /"(?:[^"\\]+|\\u[0-9a-fA-F]{4}|\\[^u])*/y;

/** The start of the text of the JSON string at a place, given the start of the JSON text: it may end anywhere. */
export function textStartAtPlace(start: string, at: number): string {
  WHOLE_PIECES.lastIndex = at;
  return JSON.parse(`${WHOLE_PIECES.exec(start)![0]}"`);
}
