import { stringEnd, valueEnd } from "./scan.ts";

/**
 * The members of a JSON object, each value as the text that stands in the document, so that numbers keep their digits.
 * Of a key that is there twice the last counts, as in `JSON.parse`. Steps over the text once.
 *
 * @param text a JSON object, already known to be valid
 */
export function memberTexts(text: string): Map<string, string> {
  const members = new Map<string, string>();
  eachMember(text, (key, start, end) => members.set(key, text.slice(start, end).trim()));
  return members;
}

/** One of the members that `memberTexts` gives, in less time. */
export function memberText(text: string, name: string): string | undefined {
  let found: string | undefined;
  eachMember(text, (key, start, end) => {
    if (key === name) found = text.slice(start, end).trim();
  });
  return found;
}

/** Visits the members of a JSON object: the key of each, and where its value is, with white space around it. */
function eachMember(text: string, visit: (key: string, start: number, end: number) => void): void {
  let keyStart = text.indexOf('"');
  while (keyStart !== -1) {
    const keyEnd = stringEnd(text, keyStart);
    const start = text.indexOf(":", keyEnd) + 1;
    const end = valueEnd(text, start);
    visit(stringOf(text.slice(keyStart, keyEnd)), start, end);
    keyStart = text.indexOf('"', end);
  }
}

/** What a JSON string says, given its text. */
export function stringOf(json: string): string {
  return json.includes("\\") ? JSON.parse(json) : json.slice(1, -1);
}

/**
 * The elements of a JSON array, each as the text that stands in the document. Steps over the text once.
 *
 * @param text a JSON array, already known to be valid
 */
export function elementTexts(text: string): string[] {
  const elements: string[] = [];
  let end = text.indexOf("[");
  do {
    const start = end + 1;
    end = valueEnd(text, start);
    elements.push(text.slice(start, end).trim());
  } while (text[end] === ",");
  return elements.length === 1 && elements[0] === "" ? [] : elements;
}

/**
 * The text of a value inside a document: a text among the steps is the key of an object, a number the index in an array.
 *
 * @param text a document, already known to be valid, in which the steps lead to a value
 */
export function textAt(text: string, steps: readonly (string | number)[]): string {
  return steps.reduce<string>(
    (whole, step) => (typeof step === "number" ? elementTexts(whole)[step]! : memberText(whole, step)!),
    text,
  );
}
