import type { Piece } from "../stream-reply.ts";

/** A JSON object, one member of which is a list that comes in batches, at least one. */
interface Listing<Batch> {
  /** The object's text up to the list's opening bracket. */
  head: string;
  /** The texts of the elements in a batch. */
  elements(batch: Batch): string[];
  /** The object's text from the list's closing bracket on, asked for once the list is complete. */
  tail(first: Batch): string;
}

/** The pieces of the object's text; if there is one batch, one piece. Holds two batches in memory. */
export async function* listingPieces<Batch>(
  batches: AsyncIterable<Batch>,
  { head, elements, tail }: Listing<Batch>,
): AsyncGenerator<Piece> {
  let first: Batch | undefined;
  let held = head;
  let isWhole = true;
  for await (const batch of batches) {
    if (first === undefined) {
      first = batch;
      held += elements(batch).join(",");
      continue;
    }
    isWhole = false;
    yield held;
    held = elements(batch)
      .map((element) => `,${element}`)
      .join("");
  }
  if (first === undefined) throw new Error("a list has at least one batch");
  const text = held + tail(first);
  yield isWhole ? { whole: text } : text;
}
