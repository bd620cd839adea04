import type { JsonValue } from "../../../src/model/json/value.ts";
import type { ThreadFilter, ThreadRecord, ThreadSearch } from "../../../src/model/threads/thread-record.ts";
import type { RecordBatch, WholeRecord } from "../../../src/store/roles/records.ts";
import { contains } from "./contains.ts";
import { isObject, printed, stored } from "./json.ts";
import { compareText, directed } from "./order.ts";

/** A UUID as it is written in lower case. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The records that match a filter. */
export function matchingRecords(records: WholeRecord[], filter: ThreadFilter): WholeRecord[] {
  const { threadIds, metadata, values, status, uuidsOnly } = filter;
  return records
    .filter(({ threadId }) => threadIds === null || threadIds.includes(threadId))
    .filter((record) => status === null || record.status === status)
    .filter(({ threadId }) => !uuidsOnly || UUID.test(threadId))
    .filter((record) => metadata === null || contains(record.metadata, metadata))
    .filter((record) => values === null || (record.values !== null && contains(record.values, values)));
}

/** The whole answer to a search, as one batch. */
export function searchRecords(records: WholeRecord[], search: ThreadSearch): RecordBatch {
  const { sortBy, sortOrder, after, offset, limit, withTotal } = search;
  const matches = matchingRecords(records, search);
  const compare = (a: Place, b: Place) => directed(comparePlaces(a, b), sortOrder);
  const rest = matches
    .toSorted((a, b) => compare(placeOf(a, sortBy), placeOf(b, sortBy)))
    .filter((record) => after === null || compare(placeOf(record, sortBy), after) > 0)
    .slice(offset);
  const page = limit === null ? rest : rest.slice(0, limit);
  return {
    threads: page.map((record) => shown(record, search)),
    total: withTotal ? matches.length : null,
    hasMore: rest.length > page.length,
  };
}

interface Place {
  values: (number | string | null)[];
  threadId: string;
}

/** Where a record stands in an order: at the field it is sorted by. */
function placeOf(record: ThreadRecord, sortBy: ThreadSearch["sortBy"]): Place {
  const fields = {
    thread_id: record.threadId,
    status: record.status,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    state_updated_at: record.stateUpdatedAt,
  };
  return { values: [fields[sortBy]], threadId: record.threadId };
}

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
  const found = search.extract.map(({ document, steps }) =>
    printed(extracted(stored(texts[document] ?? "null"), steps)),
  );
  return { ...row, ...documents, extracted: found };
}

/** What a path leads to: a text is a member of an object, a number an element of a list, from its end if below 0. */
function extracted(document: JsonValue, steps: (string | number)[]): JsonValue {
  let value: JsonValue | undefined = document;
  for (const step of steps) {
    if (typeof step === "string") value = isObject(value) ? value.get(step) : undefined;
    else if (Array.isArray(value)) value = value[step < 0 ? value.length + step : step];
    else value = undefined;
  }
  return value ?? null;
}
