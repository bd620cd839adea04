import { z } from "zod";
import { isLonger } from "../../model/base/code-points.ts";
import { isLongId, MAX_ID_BYTES, MAX_REF_LENGTH } from "../../model/base/ids.ts";
import { eachItem, readItems } from "../kit/decode/each-item.ts";
import { readDatetime } from "./datetime.ts";
import type { Fault, Path, Reading } from "./fault.ts";
import { readBoolean, readInteger, readList, readNumber, readObject, readString } from "./readers.ts";

/**
 * Zod types that take what pydantic's default mode takes and say what it says. Models are `z.strictObject` (extra keys
 * forbidden) or `z.object` (ignored); optional fields are written `type.nullable().default(null)`.
 */

/** What a string has to be like. */
interface TextRules {
  minLength?: number;
  /** In characters. */
  maxLength?: number;
  pattern?: RegExp;
}

/** A string. */
export function text(rules: TextRules = {}) {
  return scalar((input) => readText(input, rules));
}

/** A string that is no longer than ids may be. */
export function id(rules: TextRules = {}) {
  return scalar((input) => readId(input, rules));
}

/** A string that is no longer than refs may be. */
export function ref({ minLength = 0 } = {}) {
  return text({ minLength, maxLength: MAX_REF_LENGTH });
}

/** A range of numbers, its ends included. */
interface Range {
  ge?: number;
  le?: number;
}

/** A whole number. */
export function int(range: Range = {}) {
  return scalar((input) => inRange(readInteger(input), range));
}

/** A finite number. */
export function number(range: Range = {}) {
  return scalar((input) => inRange(readNumber(input), range));
}

/**
 * The same of what is a boolean or a number as it stands, with nothing to be made of it (pydantic's strict mode): for
 * documents that are kept as they came.
 */
export function strict<T extends z.ZodType>(kind: "boolean" | "number", type: T) {
  // A list is neither, so what is said of it is what is to be said.
  return scalar((input) => ({ value: typeof input === kind ? input : [] })).pipe(type);
}

/** A truth value. */
export function bool() {
  return scalar(readBoolean);
}

/** Any value, which must be there. */
export function anything() {
  return scalar((input) => ({ value: input }));
}

/** An object that the door made itself, of what came in place of text. */
export function made<T extends object>(kind: string) {
  return scalar<T>((input) =>
    typeof input === "object" && input !== null
      ? { value: input as T }
      : { fault: { type: "value_error", msg: `Value error, Expected ${kind}` } },
  );
}

/** A moment; see `readDatetime`. */
export function datetime() {
  return scalar(readDatetime);
}

/** One of some strings. */
export function choice<T extends string>(options: readonly T[]) {
  const quoted = options.map((option) => `'${option}'`);
  const expected = `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  const fault: Fault = { type: "literal_error", msg: `Input should be ${expected}`, ctx: { expected } };
  return scalar<T>((input) => {
    const value = options.find((option) => option === input);
    if (value !== undefined) return { value };
    const broken = typeof input === "string" ? readString(input).fault : undefined;
    return { fault: broken ?? fault };
  });
}

/** An object, not looked into. */
export function dict() {
  return scalar((input) => readObject(input));
}

/** An object of at most `maxLength` members of one kind, as a map. */
export function dictOf<T>(read: (input: unknown) => Reading<T>, { maxLength }: { maxLength: number }) {
  return lax((input, report, context) => {
    const object = readObject(input, maxLength);
    if (object.fault) return report(object.fault);
    const values = new Map<string, T>();
    eachItem(Object.entries(object.value), context, (item, key) => {
      const name = readString(key);
      const reading = read(item);
      if (name.fault) report(name.fault, [key, "[key]"]);
      if (reading.fault) report(reading.fault, [key]);
      else values.set(key, reading.value);
    });
    return values;
  });
}

/** A list of at most `maxLength` strings; tens of thousands are checked in a millisecond. */
export function texts({ maxLength = Number.POSITIVE_INFINITY } = {}) {
  return strings(isText, maxLength);
}

/** The same of strings that are no longer than ids may be. */
export function ids({ maxLength = Number.POSITIVE_INFINITY } = {}) {
  return strings((item) => isText(item) && !isLongId(item), maxLength);
}

function strings(isRight: (item: unknown) => boolean, maxLength: number) {
  return lax((input, report, context) => {
    const items = readList(input, maxLength);
    if (items.fault) return report(items.fault);
    eachItem(items.value.entries(), context, (item, index) => {
      if (!isRight(item)) report(readId(item).fault as Fault, [index]);
    });
    return items.value as string[];
  });
}

function isText(item: unknown): item is string {
  return typeof item === "string" && item.isWellFormed();
}

/** A list of `minLength` to `maxLength` values of a type. */
export function list<T extends z.ZodType>(
  item: T,
  { minLength = 0, maxLength }: { minLength?: number; maxLength: number },
) {
  return lax((input, report, context) => {
    const items = readList(input, maxLength);
    if (items.fault) return report(items.fault);
    const { length } = items.value;
    if (length >= minLength) return readItems(items.value, item, context);
    const msg = `List should have at least ${minLength} item${minLength === 1 ? "" : "s"} after validation, not ${length}`;
    const ctx = { field_type: "List", min_length: minLength, actual_length: length };
    return report({ type: "too_short", msg, ctx });
  });
}

function inRange(reading: Reading<number>, { ge, le }: Range): Reading<number> {
  if (reading.fault) return reading;
  if (ge !== undefined && reading.value < ge) {
    const msg = `Input should be greater than or equal to ${ge}`;
    return { fault: { type: "greater_than_equal", msg, ctx: { ge } } };
  }
  if (le !== undefined && reading.value > le) {
    const msg = `Input should be less than or equal to ${le}`;
    return { fault: { type: "less_than_equal", msg, ctx: { le } } };
  }
  return reading;
}

function readText(
  input: unknown,
  { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern }: TextRules,
): Reading<string> {
  const reading = readString(input);
  if (reading.fault) return reading;
  const { value } = reading;
  if (value.length < minLength) {
    const msg = `String should have at least ${minLength} character${minLength === 1 ? "" : "s"}`;
    return { fault: { type: "string_too_short", msg, ctx: { min_length: minLength } } };
  }
  if (isLonger(value, maxLength)) {
    const msg = `String should have at most ${maxLength} character${maxLength === 1 ? "" : "s"}`;
    return { fault: { type: "string_too_long", msg, ctx: { max_length: maxLength } } };
  }
  if (!pattern || pattern.test(value)) return reading;
  const { source } = pattern;
  const msg = `String should match pattern '${source}'`;
  return { fault: { type: "string_pattern_mismatch", msg, ctx: { pattern: source } } };
}

/** Reads a string that is an id. What is over the limit is worded as pydantic words its own, but counts bytes. */
function readId(input: unknown, rules: TextRules = {}): Reading<string> {
  const reading = readText(input, rules);
  return reading.fault || !isLongId(reading.value) ? reading : { fault: TOO_LONG };
}

const TOO_LONG: Fault = {
  type: "string_too_long",
  msg: `String should have at most ${MAX_ID_BYTES} bytes`,
  ctx: { max_length: MAX_ID_BYTES },
};

function scalar<T>(read: (input: unknown) => Reading<T>) {
  return lax((input, report) => {
    const reading = read(input);
    return reading.fault ? report(reading.fault) : reading.value;
  });
}

/** A type that reads any input itself, reporting its faults. */
function lax<T>(
  read: (input: unknown, report: (fault: Fault, path?: Path) => never, context: z.RefinementCtx) => T,
) {
  return z.unknown().transform((input, context): T => {
    const report = (fault: Fault, path: Path = []) => {
      context.issues.push({ code: "custom", input, path: [...path], params: fault });
      return z.NEVER;
    };
    return input === undefined ? report(MISSING) : read(input, report, context);
  });
}

const MISSING: Fault = { type: "missing", msg: "Field required" };
