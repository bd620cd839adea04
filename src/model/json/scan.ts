/**
 * The tokens of a JSON text, found by stepping over it. All that is asked of a text is asked by these; they take texts
 * that are no JSON too.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const NUMBER_OR_WORD = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|null|true|false/y;

/** The place of the first character from a place on that is no white space; the text's end if there is none. */
export function skipSpace(text: string, start: number): number {
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at += 1;
  }
}

/** The place after the number or word that starts at a place; that place itself if none does. */
export function scalarEnd(text: string, start: number): number {
  NUMBER_OR_WORD.lastIndex = start;
  return NUMBER_OR_WORD.test(text) ? NUMBER_OR_WORD.lastIndex : start;
}

/**
 * The place of the first character from a place in a string on that does not stand for itself: a quote, a backslash, a
 * control character, or the text's end. Looks no further than a limit, which is the answer then.
 */
export function plainEnd(text: string, start: number, limit: number): number {
  let at = start;
  while (at < limit) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || code === BACKSLASH || !(code >= 0x20)) return at;
    at += 1;
  }
  return at;
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

/** The place of the comma or bracket after the value that starts at a place; the text's end if there is none. */
export function valueEnd(text: string, start: number): number {
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

/** Measures a text, no further than a depth. Steps over it once, some ten times as fast as parsing it. */
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
