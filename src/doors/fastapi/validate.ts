import type { z } from "zod";
import { MAX_FAULTS } from "../../model/base/errors.ts";
import { checkBody } from "../kit/decode/each-item.ts";
import { type Detail, type Fault, type Path, UnprocessableError } from "./fault.ts";

/**
 * Checks a value against a type made of `types.ts`. Lists are looked at until `MAX_FAULTS` faults are found.
 *
 * @param location what the value is of the request, such as `["body"]`
 * @throws UnprocessableError with an entry for each fault
 */
export function validate<T extends z.ZodType>(type: T, value: unknown, location: Path): z.output<T> {
  if (value === null || value === undefined) {
    throw new UnprocessableError([{ type: "missing", loc: location, msg: "Field required", input: null }]);
  }
  const result = checkBody(() => type.safeParse(value, { error: () => "" }));
  if (result.success) return result.data;
  const found: Detail[] = [];
  for (const issue of result.error.issues) {
    if (found.length <= MAX_FAULTS) found.push(...details(issue, value, location));
  }
  throw new UnprocessableError(found);
}

function details(issue: z.core.$ZodIssue, value: unknown, location: Path): Detail[] {
  const path = issue.path as (string | number)[];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.slice(0, MAX_FAULTS + 1).map((key) => detail(EXTRA, [...path, key], value, location));
  }
  if (issue.code === "custom") return [detail(issue.params as unknown as Fault, path, value, location)];
  return [detail(NOT_A_MODEL, path, value, location)];
}

function detail(fault: Fault, path: Path, value: unknown, location: Path): Detail {
  const holder = fault.type === "missing" ? path.slice(0, -1) : path;
  const { type, msg, ctx } = fault;
  return { type, loc: [...location, ...path], msg, input: valueAt(value, holder), ...(ctx && { ctx }) };
}

/** The value at a path of a document; null where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let found: unknown = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return null;
    found = found[step as keyof typeof found];
  }
  return found;
}

const EXTRA: Fault = { type: "extra_forbidden", msg: "Extra inputs are not permitted" };

const NOT_A_MODEL: Fault = {
  type: "model_attributes_type",
  msg: "Input should be a valid dictionary or object to extract fields from",
};
