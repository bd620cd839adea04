import type { Piece } from "../kit/http/stream-reply.ts";

/** A JSON object, one member of which is a list that comes in batches, at least one. */
interface Listing<Batch> {
  /** The object's text up to the list's opening bracket. */
  head: string;
  /** The texts of the elements in a batch. */
  elements(batch: Batch): string[];
  /**
   * The object's text from the list's closing bracket on, asked for once the list is complete. It is made of the first
   * batch, so what it keeps of that should be little.
   */
  tail(first: Batch): () => string;
}

/** The pieces of the object's text; if there is one batch, one piece. Holds two batches in memory at first, then one. */
export async function* listingPieces<Batch>(
  batches: AsyncIterable<Batch>,
  { head, elements, tail }: Listing<Batch>,
): AsyncGenerator<Piece> {
  let end: (() => string) | null = null;
  let held: string | null = null;
  for await (const batch of batches) {
    const text = elements(batch).join(",");
    if (end === null) {
      end = tail(batch);
      held = head + text;
      continue;
    }
    if (held !== null) yield held;
    held = null;
    yield `,${text}`;
  }
  if (end === null) throw new Error("a list has at least one batch");
  yield held === null ? end() : { whole: held + end() };
}
