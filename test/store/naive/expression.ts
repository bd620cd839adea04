import type { JsonValue } from "../../../src/model/json/value.ts";
import type { Expression, FieldPath, Operand } from "../../../src/model/query/expression/expression.ts";
import type { Conversion, Moment, Value } from "../../../src/model/query/expression/value.ts";
import { isNumber, isObject, printed } from "./json.ts";
import { compareDigits } from "./numbers.ts";
import { compareText } from "./order.ts";
import { isoText } from "./time.ts";

/** Gives the value of a field; null where there is none. */
export type ReadField = (path: FieldPath) => Value;

/** Whether an expression holds of something; what is no condition holds where it stands for true. */
export function holds(expression: Operand, read: ReadField): boolean {
  return truth(operandValue(expression, read)) === true;
}

function operandValue(operand: Operand, read: ReadField): Value {
  switch (operand.kind) {
    case "literal":
      return operand.value;
    case "field":
      return read(operand.path);
    case "convert":
      return converted(operandValue(operand.operand, read), operand.to);
    default:
      return answer(operand, read);
  }
}

function answer(expression: Expression, read: ReadField): boolean {
  const value = (operand: Operand) => operandValue(operand, read);
  switch (expression.kind) {
    case "and":
      return expression.operands.every((operand) => holds(operand, read));
    case "or":
      return expression.operands.some((operand) => holds(operand, read));
    case "not":
      return !holds(expression.operand, read);
    case "in":
      return expression.operands.some((operand) => isEqual(value(expression.left), value(operand)));
    case "contains": {
      const [text, part] = [value(expression.text), value(expression.part)];
      if (text === null || part === null) return false;
      const fold = (each: string) => (expression.ignoreCase ? each.toLowerCase() : each);
      return fold(asText(text)).includes(fold(asText(part)));
    }
    case "eq":
      return isEqual(value(expression.left), value(expression.right));
    default: {
      const order = compared(value(expression.left), value(expression.right));
      if (order === null) return false;
      if (order === 0) return expression.kind.endsWith("e");
      return expression.kind.startsWith(order > 0 ? "g" : "l");
    }
  }
}

/** Nothing equals nothing, and nothing else. */
function isEqual(a: Value, b: Value): boolean {
  return (a === null && b === null) || compared(a, b) === 0;
}

/** How two values stand to each other; null where one is nothing, or says nothing in the other's kind. */
function compared(a: Value, b: Value): number | null {
  if (a === null || b === null) return null;
  if (isMoment(a) || isMoment(b)) return among([a, b].map(asMoment), (x, y) => x - y);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (isNumber(a) || isNumber(b)) return among([a, b].map(asDigits), compareDigits);
  if (typeof a === "boolean" || typeof b === "boolean") {
    return among([a, b].map(truth), (x, y) => Number(x) - Number(y));
  }
  return compareText(asText(a), asText(b));
}

function among<T>([a, b]: (T | null)[], compare: (a: T, b: T) => number): number | null {
  return a === null || b === null ? null : compare(a!, b!);
}

function converted(value: Value, to: Conversion): Value {
  if (to === "exists") return value !== null;
  if (value === null) return null;
  if (to === "string") return asText(value);
  if (to === "bool") return truth(value);
  const digits = asDigits(value);
  if (digits === null || to === "double") return digits === null ? null : { digits };
  if (!digits.toLowerCase().includes("e")) return { digits: digits.split(".")[0]! };
  const number = Math.trunc(Number(digits));
  return Number.isFinite(number) ? { digits: BigInt(number).toString() } : null;
}

function asText(value: Exclude<Value, null>): string {
  if (typeof value === "string") return value;
  return isMoment(value) ? isoText(value.instant) : printed(value);
}

/** The digits of what is a number, spells one as JSON does, or stands for one. */
function asDigits(value: Value): string | null {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "string") {
    return /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(value.trim()) ? value.trim() : null;
  }
  if (isMoment(value)) return String(value.instant / 1_000_000);
  return isNumber(value) ? value.digits : null;
}

/** The truth that a value stands for: numbers but 0 are true. */
function truth(value: Value): boolean | null {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  const digits = isMoment(value) ? null : asDigits(value);
  return digits === null ? null : compareDigits(digits, "0") !== 0;
}

/** The microseconds of a moment, or of a number of seconds. */
function asMoment(value: Value): number | null {
  if (isMoment(value)) return value.instant;
  return isNumber(value) ? Math.round(Number(value.digits) * 1_000_000) : null;
}

function isMoment(value: Value): value is Moment {
  return typeof value === "object" && value !== null && "instant" in value;
}

/** What a path leads to in a document: members by their names, elements by their numbers; null where it ends before. */
export function lookedUp(document: JsonValue, steps: readonly (string | number)[]): JsonValue {
  const [step, ...rest] = steps;
  if (step === undefined) return document;
  let next: JsonValue | undefined;
  if (isObject(document)) next = document.get(String(step));
  else if (Array.isArray(document) && /^\d+$/.test(String(step))) next = document[Number(step)];
  return next === undefined ? null : lookedUp(next, rest);
}

/**
 * Compares the places of two values in an order: false, true, numbers, texts, then nothing, which is last in both
 * directions. Lists and objects stand by their text, and of a text in a document its first 256 characters count.
 */
export function comparePlaces(a: Value, b: Value, direction: "asc" | "desc", inDocument: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const [[kindOfA, x], [kindOfB, y]] = [placeOf(a, inDocument), placeOf(b, inDocument)];
  let order = kindOfA - kindOfB;
  if (order === 0) order = kindOfA === 1 ? compareDigits(x, y) : compareText(x, y);
  return direction === "asc" ? order : -order;
}

/** The rank of a value's kind, and what it is among its kind. */
function placeOf(value: Exclude<Value, null>, inDocument: boolean): [number, string] {
  if (typeof value === "boolean") return [0, String(value)];
  if (isMoment(value)) return [1, String(value.instant)];
  if (isNumber(value)) return [1, value.digits];
  return [2, inDocument ? asText(value).slice(0, 256) : asText(value)];
}
