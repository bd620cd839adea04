import type { CallQuery, StoredCall } from "../../../../model/calls/call.ts";
import { batchesOf } from "../../../shared/batches.ts";
import { type CooperativeRead, YIELD } from "../../../shared/cooperative-read.ts";
import type { Database } from "../../connection/database.ts";
import { defineRead, never } from "../define-read.ts";
import { readCalls } from "./call-read.ts";
import { countCalls, findCalls } from "./call-search.ts";

/** The list of calls. */
export const callsRead = defineRead({ name: "calls", fitsMainThread: never, pages: callPages });

/** How many calls match. */
export const callCountRead = defineRead({ name: "callCount", fitsMainThread: never, pages: countCalls });

/** Rows of one read. */
const PAGE_ROWS = 100;

/**
 * Yields the calls that a query asks for, in order, in batches of bounded size.
 * Costs what `findCalls` costs, and the rows it returns; their documents are read one by one, and only if asked for.
 */
export function* callPages(db: Database, query: CallQuery): CooperativeRead<StoredCall[]> {
  for (const rows of findCalls(db, query)) {
    if (rows.length === 0) yield YIELD;
    else yield* batchesOf(callsOf(db, rows, query.documents), sizeOf);
  }
  return undefined;
}

function* callsOf(db: Database, rows: number[], documents: boolean): Generator<StoredCall> {
  const page = documents ? 1 : PAGE_ROWS;
  for (let at = 0; at < rows.length; at += page) yield* readCalls(db, rows.slice(at, at + page), documents);
}

function sizeOf({ start, end }: StoredCall): number {
  return (start?.length ?? 0) + (end?.length ?? 0);
}
