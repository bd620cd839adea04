import { InvalidRequestError } from "../../model/errors.ts";

/** A field that a GraphQL operation asks for. */
export interface Selection {
  field: string;
  /** The name to answer it under. */
  alias: string;
  selection: Selection[];
}

const TOKEN = /[\s,]+|#[^\n]*|"(?:[^"\\\n]|\\.)*"|\.\.\.|[_A-Za-z]\w*|-?\d[\d.eE+-]*|[{}()[\]:!$=@|]/y;

/** The deepest that selections and arguments nest. */
const MAX_DEPTH = 20;

/**
 * Reads what the first operation of a document asks for, all arguments passed over. Takes no fragments.
 *
 * @throws InvalidRequestError when the document is nothing of the kind
 */
export function parseSelection(document: string): Selection[] {
  const tokens = tokenize(document);
  let at = 0;

  function fail(): never {
    const found = tokens[at] === undefined ? "the end" : `"${tokens[at]}"`;
    throw new InvalidRequestError([{ path: ["query"], message: `Syntax Error: Unexpected ${found}` }]);
  }

  /** Steps over brackets and all between them, where there are any. */
  function passArguments(): void {
    if (tokens[at] !== "(") return;
    for (let depth = 0; at < tokens.length; ) {
      const token = tokens[at++]!;
      if ("([{".includes(token)) depth += 1;
      else if (")]}".includes(token)) depth -= 1;
      if (depth === 0) return;
    }
    fail();
  }

  function name(): string {
    const token = tokens[at];
    if (token === undefined || !/^[_A-Za-z]/.test(token)) return fail();
    at += 1;
    return token;
  }

  function fields(depth: number): Selection[] {
    if (tokens[at] !== "{" || depth > MAX_DEPTH) fail();
    at += 1;
    const selection: Selection[] = [];
    while (tokens[at] !== "}") selection.push(field(depth));
    at += 1;
    return selection;
  }

  function field(depth: number): Selection {
    const alias = name();
    const hasAlias = tokens[at] === ":";
    if (hasAlias) at += 1;
    const named = hasAlias ? name() : alias;
    passArguments();
    return { field: named, alias, selection: tokens[at] === "{" ? fields(depth + 1) : [] };
  }

  if (tokens[at] === "query" || tokens[at] === "mutation") {
    at += 1;
    if (tokens[at] !== "(" && tokens[at] !== "{") name();
    passArguments();
  }
  return fields(1);
}

function tokenize(document: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < document.length) {
    const start = TOKEN.lastIndex;
    const token = TOKEN.exec(document)?.[0];
    if (token === undefined) {
      const message = `Syntax Error: Unexpected character at position ${start}`;
      throw new InvalidRequestError([{ path: ["query"], message }]);
    }
    if (!/^[\s,#]/.test(token)) tokens.push(token);
  }
  return tokens;
}
