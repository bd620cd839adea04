import { parseJson } from "../../model/json/parse.ts";
import { isJsonObject, type JsonValue } from "../../model/json/value.ts";
import { memberTexts } from "../../model/json.ts";
import { MAX_DEPTH } from "./parse-body.ts";

/** Longer texts are no refs, whatever they begin with: refs are looked up in an index. */
const MAX_REF_LENGTH = 1000;

/** The refs in a member of a half, however deep: the texts that begin as one. Each is there once. */
export function refsIn(json: string, member: string): string[] {
  if (!json.includes("weave:")) return [];
  const document = memberTexts(json).get(member);
  if (!document?.includes("weave:")) return [];
  const value = parseJson(document, [member], { maxDepth: MAX_DEPTH, loneSurrogates: true });
  return [...new Set(textsIn(value))].filter(isRef);
}

function isRef(text: string): boolean {
  return text.startsWith("weave:///") && text.length <= MAX_REF_LENGTH && text.isWellFormed();
}

function* textsIn(value: JsonValue): Generator<string> {
  if (typeof value === "string") yield value;
  else if (Array.isArray(value)) for (const element of value) yield* textsIn(element);
  else if (isJsonObject(value)) for (const member of value.values()) yield* textsIn(member);
}
