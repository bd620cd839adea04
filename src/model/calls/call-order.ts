import { compareCodePoints } from "../base/code-points.ts";
import type { Instant } from "../base/instant.ts";
import { compareKeys, documentKey, type OrderKey, scalarOrderKey } from "../query/expression/order.ts";
import type { CallSort, StoredCall } from "./call.ts";
import { callColumn, callFields } from "./call-fields.ts";

/** The place of a call in an order. */
export interface CallPlace {
  keys: OrderKey[];
  startedAt: Instant;
  callId: string;
}

/** How calls are ordered: by each key in turn, ties by start and then by id in the direction of the last key. */
export function callOrder(sort: readonly CallSort[]) {
  const last = sort.at(-1)?.direction ?? "asc";
  return {
    /** The place of a call, which must come with its documents if the order looks into these. */
    placeOf(call: StoredCall): CallPlace {
      const fields = callFields(call);
      const keys = sort.map(({ path }) =>
        callColumn(path) ? scalarOrderKey(fields(path)) : documentKey(fields(path)),
      );
      return { keys, startedAt: call.startedAt, callId: call.callId };
    },

    compare(a: CallPlace, b: CallPlace): number {
      for (const [index, { direction }] of sort.entries()) {
        const order = compareKeys(a.keys[index]!, b.keys[index]!, direction);
        if (order !== 0) return order;
      }
      const order = a.startedAt - b.startedAt || compareCodePoints(a.callId, b.callId);
      return last === "asc" ? order : -order;
    },
  };
}

/** Whether some fields are found in the documents of calls alone. */
export function needsDocuments(paths: readonly CallSort["path"][]): boolean {
  return paths.some((path) => callColumn(path) === null);
}
