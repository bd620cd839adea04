import { InvalidRequestError } from "../../model/base/errors.ts";
import { quoted } from "../../model/base/quoted.ts";

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

/** The most fields that an operation asks for, those within fields too. */
const MAX_FIELDS = 200;

/**
 * Reads what the first operation of a document asks for, all arguments passed over. Takes no fragments. Reads no further
 * than the operation, or the first fault.
 *
 * @throws InvalidRequestError when the document is nothing of the kind, or asks for more than `MAX_FIELDS`
 */
export function parseSelection(document: string): Selection[] {
  const tokens = tokensOf(document);
  let next = tokens.next().value;
  let count = 0;

  /** Whether a token comes next. */
  function follows(token: string): boolean {
    return next === token;
  }

  function take(): string | undefined {
    const taken = next;
    next = tokens.next().value;
    return taken;
  }

  function fail(): never {
    const found = next === undefined ? "the end" : `"${quoted(next)}"`;
    refuse(`Syntax Error: Unexpected ${found}`);
  }

  /** Steps over brackets and all between them, where there are any. */
  function passArguments(): void {
    if (!follows("(")) return;
    let depth = 0;
    do {
      const token = take() ?? fail();
      if ("([{".includes(token)) depth += 1;
      else if (")]}".includes(token)) depth -= 1;
    } while (depth > 0);
  }

  function name(): string {
    if (next === undefined || !/^[_A-Za-z]/.test(next)) fail();
    return take()!;
  }

  function fields(depth: number): Selection[] {
    if (!follows("{") || depth > MAX_DEPTH) fail();
    take();
    const selection: Selection[] = [];
    while (!follows("}")) selection.push(field(depth));
    take();
    return selection;
  }

  function field(depth: number): Selection {
    const alias = name();
    count += 1;
    if (count > MAX_FIELDS) refuse(`The operation asks for more than ${MAX_FIELDS} fields`);
    const hasAlias = follows(":");
    if (hasAlias) take();
    const named = hasAlias ? name() : alias;
    passArguments();
    return { field: named, alias, selection: follows("{") ? fields(depth + 1) : [] };
  }

  if (follows("query") || follows("mutation")) {
    take();
    if (!follows("(") && !follows("{")) name();
    passArguments();
  }
  return fields(1);
}

/** The tokens of a document, each read when it is asked for. */
function* tokensOf(document: string): Generator<string, undefined> {
  for (let at = 0; at < document.length; ) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(document)?.[0];
    if (token === undefined) refuse(`Syntax Error: Unexpected character at position ${at}`);
    at += token.length;
    if (!/^[\s,#]/.test(token)) yield token;
  }
  return undefined;
}

function refuse(message: string): never {
  throw new InvalidRequestError([{ path: ["query"], message }]);
}
