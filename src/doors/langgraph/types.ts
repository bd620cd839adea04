import { z } from "zod";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { isLongId, LONG_ID } from "../../model/base/ids.ts";
import { isUuid } from "../../model/base/uuid.ts";
import { checkDepth } from "../../model/json/parse.ts";
import { printJson } from "../../model/json/print.ts";
import {
  isJsonNumber,
  isJsonObject,
  type JsonNumber,
  type JsonObject,
  type JsonValue,
} from "../../model/json/value.ts";
import { checkFilter } from "../../model/query/containment.ts";
import { isTtlMinutes, TTL_MINUTES_FAULT } from "../../model/threads/ttl.ts";
import { readItems } from "../kit/decode/each-item.ts";

/** Zod types that read exact JSON values (`JsonValue`), so that documents inside a body lose nothing. */

/** A JSON object whose members are read by their types; others are ignored. */
export function object<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(
    (input) => (isJsonObject(input as JsonValue) ? Object.fromEntries(input as JsonObject) : null),
    z.object(shape, "must be an object"),
  );
}

/** A document, which is a JSON object, as its text. */
export function document() {
  return ruled(jsonObject(), (given) => documentText(given));
}

/**
 * The text of a document that is part of a body.
 *
 * @throws InvalidRequestError when it nests deeper than documents may
 */
export function documentText(document: JsonObject, path: number[] = []): string {
  checkDepth(document, path);
  return printJson(document);
}

/** A JSON object that documents must contain, as its text; null for an empty one, which asks nothing. */
export function filter() {
  return ruled(jsonObject(), (wanted) => {
    checkFilter(wanted, []);
    return wanted.size === 0 ? null : documentText(wanted);
  });
}

function jsonObject() {
  return z.custom<JsonObject>((input) => isJsonObject(input as JsonValue), "must be an object");
}

/** A list of values of a type. */
export function list<T extends z.ZodType>(item: T) {
  return z
    .custom<unknown[]>(Array.isArray, "must be a list")
    .transform((items, context) => readItems(items, item, context));
}

/**
 * What a rule of the model makes of values of a type.
 *
 * @param rule raises an InvalidRequestError with paths that begin at the value
 */
export function ruled<T extends z.ZodType, Made>(type: T, rule: (value: z.output<T>) => Made) {
  return type.transform((input, context): Made => {
    try {
      return rule(input);
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      for (const { path, message } of error.violations) {
        context.issues.push({ code: "custom", input, path, message });
      }
      return z.NEVER;
    }
  });
}

/** A string. */
export function text() {
  return z.string("must be a string");
}

/** A string that is no longer than ids may be. */
export function id() {
  return text().refine((given) => !isLongId(given), LONG_ID);
}

/** A UUID in either case; comes out in lower case. */
export function uuid() {
  return z.custom<string>(isUuidText, "must be a UUID").transform((id) => id.toLowerCase());
}

/** A list of UUIDs; tens of thousands are checked in milliseconds. The first that is none is the only fault, and so is a list of more than `max`. */
export function uuids(max = Number.POSITIVE_INFINITY) {
  return z
    .custom<unknown[]>(Array.isArray, "must be a list of UUIDs")
    .refine(({ length }) => length <= max, {
      error: ({ input }) => `are ${(input as unknown[]).length}, at most ${max} are allowed`,
      abort: true,
    })
    .transform((items, context): string[] => {
      const wrong = items.findIndex((item) => !isUuidText(item));
      if (wrong < 0) return items.map((item) => String(item).toLowerCase());
      context.issues.push({ code: "custom", input: items, path: [wrong], message: "must be a UUID" });
      return z.NEVER;
    });
}

/** One of some strings. */
export function choice<const T extends readonly [string, ...string[]]>(options: T) {
  return z.enum(options, `must be one of ${options.join(", ")}`);
}

/** A whole number, `2.0` too; one beyond 2^53 - 1 is taken as that. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER) {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return number(
    (value) => Number.isInteger(value) && value >= min && (value <= max || max === Number.MAX_SAFE_INTEGER),
    `must be a whole number ${range}`,
  ).transform((value) => Math.min(value, max));
}

/** Minutes that a thread can be kept for. */
export function ttlMinutes() {
  return number(isTtlMinutes, TTL_MINUTES_FAULT);
}

function number(holds: (value: number) => boolean, message: string) {
  return z
    .custom<JsonNumber>(
      (input) => isJsonNumber(input as JsonValue) && holds(Number((input as JsonNumber).digits)),
      message,
    )
    .transform(({ digits }) => Number(digits));
}

function isUuidText(input: unknown): input is string {
  return typeof input === "string" && isUuid(input);
}
