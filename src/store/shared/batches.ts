/** The most that a batch holds: rows, and characters of documents before the last one. */
const BATCH_ROWS = 100;
const BATCH_SIZE = 256 * 1024;

/** Puts rows into batches of bounded size as they come. */
export function* batchesOf<Row>(rows: Iterable<Row>, sizeOf: (row: Row) => number): Generator<Row[]> {
  let batch: Row[] = [];
  let size = 0;
  for (const row of rows) {
    batch.push(row);
    size += sizeOf(row);
    if (size < BATCH_SIZE && batch.length < BATCH_ROWS) continue;
    yield batch;
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
