import { parseJsonObject } from "../../../../model/json/parse.ts";
import { isJsonObject, isJsonScalar, type JsonObject } from "../../../../model/json/value.ts";
import { containment } from "../../../../model/query/containment.ts";
import type { ThreadFilter } from "../../../../model/threads/thread-record.ts";
import { YIELD } from "../../../shared/cooperative-read.ts";
import type { Database } from "../../connection/database.ts";
import { isDerived } from "../../tables/derivation-marks.ts";
import { type IndexedDocument, indexedPart, type Term, termsOf } from "../../tables/record-terms.ts";
import { type ReadDocuments, sizedInTurn, withDocuments } from "./record-documents.ts";

/** What a search asks of documents, made ready for many of them. */
export interface DocumentFilter {
  /** The documents it looks into. */
  documents: readonly IndexedDocument[];
  /** Terms that everything that matches has; none while the index of terms is built. */
  terms: Term[];
  /** Whether all that has these terms matches, but for documents too crowded to be indexed. */
  termsDecide: boolean;
  /** Whether a thread with these documents matches. Parses them. */
  holds(texts: ReadDocuments): boolean;
  /** Those of some rows whose threads match, in their order. Reads and parses their documents, and pauses after each batch. */
  matching(rows: number[]): Generator<typeof YIELD, number[]>;
}

/** The document filter of a search; null if it asks nothing of documents. */
export function documentFilter(db: Database, filter: ThreadFilter): DocumentFilter | null {
  const parts = (["metadata", "values"] as const)
    .flatMap((document) => {
      const text = filter[document];
      return text === null ? [] : [{ document, wanted: parseJsonObject(text, [document]) }];
    })
    .filter(({ document, wanted }) => document === "values" || wanted.size > 0);
  if (parts.length === 0) return null;
  const documents = parts.map(({ document }) => document);
  const checks = parts.map(({ document, wanted }) => ({ document, contains: containment(wanted) }));
  const holds = (texts: ReadDocuments) =>
    checks.every(({ document, contains }) => {
      const text = texts[document] ?? null;
      return text !== null && contains(parseJsonObject(text, [document]));
    });
  const hasIndex = isDerived(db, "terms");
  return {
    documents,
    terms: hasIndex ? parts.flatMap(({ document, wanted }) => termsOf(document, wanted)) : [],
    termsDecide: hasIndex && parts.every(({ document, wanted }) => isDecided(document, wanted)),
    holds,
    *matching(rows) {
      const found: number[] = [];
      const sized = sizedInTurn(db, rows, documents);
      for (const batch of withDocuments<{ id: number }>(db, sized, documents, "thread.id")) {
        for (const row of batch) if (holds(row)) found.push(row.id);
        yield YIELD;
      }
      return found;
    },
  };
}

/** Whether a document contains a filter exactly when it has the filter's terms: each scalar has a place of its own. */
function isDecided(document: IndexedDocument, wanted: JsonObject): boolean {
  return indexedPart(document, wanted) === wanted && isPlain(wanted);
}

/** Whether an object is made of scalars and other such objects, none of them empty. */
function isPlain(object: JsonObject): boolean {
  if (object.size === 0) return false;
  for (const value of object.values()) {
    if (!isJsonScalar(value) && !(isJsonObject(value) && isPlain(value))) return false;
  }
  return true;
}
