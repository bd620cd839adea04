/** A text of fewer characters is put together with its neighbours first, since each copy has a cost of its own. */
const SHORT_TEXT = 256;

/**
 * The bytes (UTF-8) of some texts, one after the other. Long ones are copied once only, so that printing large documents
 * costs less than joining them to one text.
 */
export function bytesOf(texts: string[]): Buffer {
  const runs: string[] = [];
  let run = "";
  for (const text of texts) {
    if (text.length < SHORT_TEXT) {
      run += text;
      continue;
    }
    runs.push(run, text);
    run = "";
  }
  runs.push(run);
  const bytes = Buffer.allocUnsafe(runs.reduce((size, text) => size + Buffer.byteLength(text), 0));
  let at = 0;
  for (const text of runs) at += bytes.write(text, at);
  return bytes;
}
