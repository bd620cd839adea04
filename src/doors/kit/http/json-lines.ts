const LINE_TYPES = ["application/jsonl", "application/x-ndjson", "application/json"];

/** The content type of lines of JSON: the first of its names, unless the client takes another of them and not that. */
export function lineType(accept = ""): string {
  const accepted = accept
    .toLowerCase()
    .split(",")
    .map((entry) => entry.replace(/;.*/s, "").trim());
  if (accepted.includes("*/*") || accepted.includes("application/*")) return LINE_TYPES[0]!;
  return LINE_TYPES.find((type) => accepted.includes(type)) ?? LINE_TYPES[0]!;
}

/** Rows as lines of JSON, a piece for each batch; no rows are no bytes. Holds a batch in memory. */
export async function* jsonLines<Row>(
  batches: AsyncIterable<Row[]>,
  print: (row: Row) => string,
): AsyncGenerator<string> {
  for await (const rows of batches) {
    if (rows.length > 0) yield `${rows.map(print).join("\n")}\n`;
  }
}
