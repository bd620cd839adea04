import type { Piece, Texts } from "./stream-reply.ts";

/** JSON text with one list in it, whose elements come in batches. */
interface JsonList<Batch> {
  /** The text up to the list's opening bracket. */
  head?: string;
  /** Prints the elements of a batch, with commas between them; empty if there is none. */
  elements(batch: Batch): Texts;
  /** The text from the closing bracket on; a function is asked once the list is complete. */
  tail?: string | (() => string);
  /** Whether a batch has all elements: then the text is sent as a whole. */
  areAll?(batch: Batch): boolean;
  /** Headers of the answer, by the first batch. */
  headers?(first: Batch): Record<string, string | number>;
}

/** The pieces of JSON text with a list. Holds a batch in memory. */
export async function* jsonList<Batch>(
  batches: AsyncIterable<Batch>,
  { head = "[", elements, tail = "]", areAll, headers }: JsonList<Batch>,
): AsyncGenerator<Piece> {
  const end = typeof tail === "string" ? () => tail : tail;
  let opening: Record<string, string | number> | undefined;
  let before = head;
  for await (const batch of batches) {
    if (before === head) opening ??= headers?.(batch);
    const texts = elements(batch);
    if (areAll?.(batch)) {
      const text = typeof texts === "string" ? before + texts + end() : [before, ...texts, end()];
      yield { text, headers: opening, isWhole: true };
      return;
    }
    if (texts.length === 0) continue;
    const piece = typeof texts === "string" ? before + texts : [before, ...texts];
    yield before === head ? { text: piece, headers: opening } : piece;
    before = ",";
  }
  yield before === head ? { text: head + end(), headers: opening } : end();
}

/** The texts of elements, each of which is printed in parts, with commas between them. */
export function withCommas(elements: string[][]): string[] {
  const texts: string[] = [];
  for (const parts of elements) {
    if (texts.length > 0) texts.push(",");
    for (const part of parts) texts.push(part);
  }
  return texts;
}
