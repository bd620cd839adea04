import { MAX_FAULTS, quotedPath, TOO_MANY_FAULTS } from "../../model/base/errors.ts";
import { quotedValue } from "../../model/base/quoted.ts";

/** What is wrong with one value, in pydantic's types and words. */
export interface Fault {
  type: string;
  msg: string;
  ctx?: Record<string, unknown>;
}

/** What a value was read as, or why it could not be. */
export type Reading<T> = { value: T; fault?: undefined } | { value?: undefined; fault: Fault };

/** Where a value stands in a document. */
export type Path = readonly (string | number)[];

/** One entry of a 422 answer, as FastAPI prints it. */
export interface Detail extends Fault {
  loc: Path;
  /** The offending value; for a missing field, the object it is missing from. */
  input: unknown;
}

/**
 * The request was not understood; `detail` says why, field by field. Of many entries it keeps the first `MAX_FAULTS` and one
 * that says so; what they repeat of the request is `quoted`.
 */
export class UnprocessableError extends Error {
  override readonly name = "UnprocessableError";
  readonly detail: Detail[];

  constructor(detail: Detail[]) {
    const inputs = new Map<unknown, unknown>();
    const told = detail.slice(0, MAX_FAULTS).map((entry): Detail => {
      // Many entries can have one object as their input, which may be large.
      if (!inputs.has(entry.input)) inputs.set(entry.input, quotedValue(entry.input));
      return { ...entry, loc: quotedPath(entry.loc), input: inputs.get(entry.input) };
    });
    if (detail.length > MAX_FAULTS) told.push(TOO_MANY);
    super(told.map(({ loc, msg }) => `${loc.join(".")}: ${msg}`).join("; "));
    this.detail = told;
  }
}

const TOO_MANY: Detail = { type: "too_many_errors", loc: ["body"], msg: TOO_MANY_FAULTS, input: null };
