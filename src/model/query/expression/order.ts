import { compareCodePoints } from "../../base/code-points.ts";
import { compareNumbers } from "../../json/scalar-key.ts";
import type { JsonNumber } from "../../json/value.ts";
import type { SortDirection } from "../sort-direction.ts";
import { isMoment, isNumber, textOf, type Value } from "./value.ts";

/** What of a value decides its place in an order. It stands for itself: it keeps no document in memory. */
export type OrderKey = null | boolean | number | JsonNumber | string;

/** How many characters of a text inside a document decide its place. */
const MAX_KEY_LENGTH = 256;

/** The key of a value from inside a document. A list or an object has its place as its JSON text. */
export function documentKey(value: Value): OrderKey {
  if (value === null || typeof value === "boolean") return value;
  if (isNumber(value)) return { digits: copied(value.digits) };
  return copied(textOf(value).slice(0, MAX_KEY_LENGTH));
}

/** The key of a field that is no document. */
export function scalarOrderKey(value: Value): OrderKey {
  if (value === null || typeof value !== "object") return value;
  return isMoment(value) ? value.instant : documentKey(value);
}

/**
 * The order of two keys: false, true, numbers by value, texts by code points; the other way round if it descends.
 * Nothing comes last both ways.
 */
export function compareKeys(a: OrderKey, b: OrderKey, direction: SortDirection): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order = rank(a) - rank(b) || compareSame(a, b);
  return direction === "asc" ? order : -order;
}

function rank(key: Exclude<OrderKey, null>): number {
  if (typeof key === "boolean") return 0;
  return typeof key === "string" ? 2 : 1;
}

function compareSame(a: Exclude<OrderKey, null>, b: Exclude<OrderKey, null>): number {
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  if (typeof a === "object" && typeof b === "object") return compareNumbers(a, b);
  return Number(a) - Number(b);
}

/** A text that shares nothing with the longer one it may be a part of. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}
