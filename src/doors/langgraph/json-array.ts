import type { Piece } from "../kit/http/stream-reply.ts";

/** Elements of a JSON array. */
export interface Elements {
  /** What each is printed as, in parts. */
  printed: string[][];
  /** Whether the array has no others. */
  areAll: boolean;
}

/** The pieces of a JSON array whose elements come in batches. */
export async function* jsonArray(batches: AsyncIterable<Elements>): AsyncGenerator<Piece> {
  let before = "[";
  for await (const { printed, areAll } of batches) {
    const texts = printed.flatMap((parts, index) => [index === 0 ? before : ",", ...parts]);
    if (areAll) {
      yield { whole: printed.length === 0 ? "[]" : [...texts, "]"] };
      return;
    }
    if (texts.length === 0) continue;
    yield texts;
    before = ",";
  }
  yield before === "[" ? "[]" : "]";
}
