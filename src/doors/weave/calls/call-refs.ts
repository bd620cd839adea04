import { isLongRef } from "../../../model/base/ids.ts";
import type { PlainDocument } from "../../../model/json/plain.ts";

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

/** Whether a text is a ref. Longer ones than refs may be are none, whatever they begin with. */
function isRef(text: string): boolean {
  return text.startsWith("weave:///") && !isLongRef(text) && text.isWellFormed();
}
