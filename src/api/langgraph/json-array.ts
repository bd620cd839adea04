import type { Piece } from "../stream-reply.ts";

/** Elements of a JSON array, each as its text. */
export interface Elements {
  texts: string[];
  /** Whether the array has no others. */
  areAll: boolean;
}

/** The pieces of a JSON array whose elements come in batches. */
export async function* jsonArray(batches: AsyncIterable<Elements>): AsyncGenerator<Piece> {
  let before = "[";
  for await (const { texts, areAll } of batches) {
    if (areAll) {
      yield { whole: `[${texts.join(",")}]` };
      return;
    }
    if (texts.length === 0) continue;
    yield before + texts.join(",");
    before = ",";
  }
  yield before === "[" ? "[]" : "]";
}
