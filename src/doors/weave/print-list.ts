import { jsonList } from "../kit/http/json-list.ts";
import type { Piece } from "../kit/http/stream-reply.ts";

/** An object with one list under a name, as most of Weave's answers are. */
export function listNamed<Row>(
  name: string,
  batches: AsyncIterable<Row[]>,
  print: (row: Row) => string,
): AsyncIterable<Piece> {
  return jsonList(batches, {
    head: `{"${name}":[`,
    elements: (rows) => rows.map(print).join(","),
    tail: "]}",
  });
}
