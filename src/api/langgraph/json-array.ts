/** The pieces of a JSON array of elements that come in batches, each the text of its elements. */
export async function* jsonArray(batches: AsyncIterable<string[]>): AsyncGenerator<string> {
  let before = "[";
  for await (const elements of batches) {
    if (elements.length === 0) continue;
    yield before + elements.join(",");
    before = ",";
  }
  yield before === "[" ? "[]" : "]";
}
