import { isUuid } from "../../../src/model/base/uuid.ts";
import { parseJson } from "../../../src/model/json/parse.ts";
import { printJson } from "../../../src/model/json/print.ts";
import { containment } from "../../../src/model/query/containment.ts";
import { extract } from "../../../src/model/query/extract.ts";
import {
  recordCursor,
  type ThreadFilter,
  type ThreadRecord,
  type ThreadSearch,
} from "../../../src/model/threads/thread-record.ts";
import type { RecordBatch, WholeRecord } from "../../../src/store/roles/records.ts";
import { compareText } from "./order.ts";
import { directed } from "./threads.ts";

/** The records that match a filter. */
export function matchingRecords(records: WholeRecord[], filter: ThreadFilter): WholeRecord[] {
  const { threadIds, metadata, values, status, uuidsOnly } = filter;
  return records
    .filter(({ threadId }) => threadIds === null || threadIds.includes(threadId))
    .filter((record) => status === null || record.status === status)
    .filter(({ threadId }) => !uuidsOnly || (isUuid(threadId) && threadId === threadId.toLowerCase()))
    .filter((record) => metadata === null || contains(record.metadata, metadata))
    .filter((record) => values === null || (record.values !== null && contains(record.values, values)));
}

/** Whether a document contains another, both as text. */
export function contains(document: string, wanted: string): boolean {
  return containment(parseJson(wanted, []))(parseJson(document, []));
}

/** The whole answer to a search, as one batch. */
export function searchRecords(records: WholeRecord[], search: ThreadSearch): RecordBatch {
  const { sortBy, sortOrder, after, offset, limit, withTotal } = search;
  const matches = matchingRecords(records, search);
  const compare = (a: Place, b: Place) => directed(comparePlaces(a, b), sortOrder);
  const rest = matches
    .toSorted((a, b) => compare(recordCursor(a, sortBy), recordCursor(b, sortBy)))
    .filter((record) => after === null || compare(recordCursor(record, sortBy), after) > 0)
    .slice(offset);
  const page = limit === null ? rest : rest.slice(0, limit);
  return {
    threads: page.map((record) => shown(record, search)),
    total: withTotal ? matches.length : null,
    hasMore: rest.length > page.length,
  };
}

type Place = ReturnType<typeof recordCursor>;

function comparePlaces(a: Place, b: Place): number {
  const [x, y] = [a.values[0]!, b.values[0]!];
  const order = typeof x === "number" && typeof y === "number" ? x - y : compareText(String(x), String(y));
  return order || compareText(a.threadId, b.threadId);
}

function shown(record: WholeRecord, search: ThreadSearch): ThreadRecord {
  const { metadata, values, interrupts, ...row } = record;
  const texts = { metadata, values, interrupts, config: "{}" };
  const documents = Object.fromEntries(search.documents.map((name) => [name, texts[name]]));
  if (search.extract.length === 0) return { ...row, ...documents };
  const extracted = search.extract.map(({ document, steps }) =>
    printJson(extract(parseJson(texts[document] ?? "null", []), steps)),
  );
  return { ...row, ...documents, extracted };
}
