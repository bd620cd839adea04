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
  } while (text.charCodeAt(end) === COMMA);
  return elements.length === 1 && elements[0] === "" ? [] : elements;
}

/** The place of the comma or bracket after the value that starts at a place. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = stringEnd(text, at) - 1;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        if (depth === 0) return at;
        depth -= 1;
        break;
      case COMMA:
        if (depth === 0) return at;
        break;
    }
  }
  return text.length;
}

function stringOf(json: string): string {
  return json.includes("\\") ? JSON.parse(json) : json.slice(1, -1);
}

/** The place after the closing quote of the string that starts at a place; the text's end if there is none. */
export function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end + 1;
}

/** Whether an odd number of backslashes stands before a place. */
function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}

/** How a JSON text is built, as far as parsing it costs more than its length says. */
export interface JsonShape {
  /** How deep its arrays and objects nest. */
  depth: number;
  /** The members of the outermost object. */
  members: number;
  /** Its objects. */
  objects: number;
  /** Its values, roughly: those after a comma, its lists and its objects. */
  values: number;
}

/** Measures a text, JSON or not, no further than a depth. Steps over it once, some ten times as fast as parsing it. */
export function shapeOf(text: string, maxDepth: number): JsonShape {
  const shape: JsonShape = { depth: 0, members: 0, objects: 0, values: 0 };
  let depth = 0;
  for (let at = 0; at < text.length && depth <= maxDepth; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = stringEnd(text, at) - 1;
        break;
      case COLON:
        if (depth === 1) shape.members += 1;
        break;
      case COMMA:
        shape.values += 1;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (text.charCodeAt(at) === OPEN_BRACE) shape.objects += 1;
        shape.values += 1;
        depth += 1;
        shape.depth = Math.max(shape.depth, depth);
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        break;
    }
  }
  return shape;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
