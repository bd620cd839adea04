import { plainEnd, scalarEnd, skipSpace } from "./scan.ts";

/** What is wrong at a place of a text: what should stand there and does not, or what stands there and may not. */
export type JsonErrorKind =
  | "no value"
  | "no key"
  | "no colon"
  | "no comma"
  | "more after the end"
  | "no closing quote"
  | "control character"
  | "bad escape"
  | "bad unicode escape";

/** A text's first error; that of a string with no closing quote is where it starts. */
export interface JsonError {
  kind: JsonErrorKind;
  at: number;
}

const HEX = /^[0-9a-fA-F]{4}$/;

/** Finds the first error of a text; null if it is JSON. Steps with a stack of its own: depth is free. */
export function firstError(text: string): JsonError | null {
  /** What closes each array and object that is open. */
  const closers: string[] = [];
  let at = skipSpace(text, 0);
  for (;;) {
    const first = text[at];
    if (first === "{" || first === "[") {
      const closer = first === "{" ? "}" : "]";
      const inside = skipSpace(text, at + 1);
      if (text[inside] !== closer) {
        closers.push(closer);
        const start = closer === "}" ? passKey(text, inside) : inside;
        if (typeof start !== "number") return start;
        at = start;
        continue;
      }
      at = inside + 1;
    } else {
      const end = first === '"' ? passString(text, at) : scalarEnd(text, at);
      if (typeof end !== "number") return end;
      if (end === at) return { kind: "no value", at };
      at = end;
    }
    at = skipSpace(text, at);
    while (closers.length > 0 && text[at] === closers.at(-1)) {
      closers.pop();
      at = skipSpace(text, at + 1);
    }
    if (closers.length === 0) return at === text.length ? null : { kind: "more after the end", at };
    if (text[at] !== ",") return { kind: "no comma", at };
    const next = skipSpace(text, at + 1);
    const start = closers.at(-1) === "}" ? passKey(text, next) : next;
    if (typeof start !== "number") return start;
    at = start;
  }
}

/** Steps over a key and its colon to the value. */
function passKey(text: string, start: number): number | JsonError {
  if (text[start] !== '"') return { kind: "no key", at: start };
  const end = passString(text, start);
  if (typeof end !== "number") return end;
  const colon = skipSpace(text, end);
  return text[colon] === ":" ? skipSpace(text, colon + 1) : { kind: "no colon", at: colon };
}

/** Steps over a string. */
function passString(text: string, start: number): number | JsonError {
  for (let at = start + 1; ; ) {
    at = plainEnd(text, at, text.length);
    if (text[at] === '"') return at + 1;
    const escaped = text[at + 1];
    if (at === text.length || (text[at] === "\\" && escaped === undefined)) {
      return { kind: "no closing quote", at: start };
    }
    if (text[at] !== "\\") return { kind: "control character", at };
    if (escaped === "u") {
      if (!HEX.test(text.slice(at + 2, at + 6))) return { kind: "bad unicode escape", at: at + 1 };
      at += 6;
    } else if ('"\\/bfnrt'.includes(escaped!)) {
      at += 2;
    } else {
      return { kind: "bad escape", at };
    }
  }
}
