import type { PlainDocument } from "../../model/json/plain.ts";

/** Longer texts are no refs, whatever they begin with: refs are looked up in an index. */
const MAX_REF_LENGTH = 1000;

/** The refs in a document, however deep: the texts that begin as one. Each is there once. */
export function refsIn({ text, value }: PlainDocument): string[] {
  if (!text.includes("weave:")) return [];
  const refs = new Set<string>();
  collect(value, refs);
  return [...refs];
}

function collect(value: unknown, refs: Set<string>): void {
  if (typeof value === "string") {
    if (isRef(value)) refs.add(value);
  } else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) collect(inner, refs);
  }
}

function isRef(text: string): boolean {
  return text.startsWith("weave:///") && text.length <= MAX_REF_LENGTH && text.isWellFormed();
}
