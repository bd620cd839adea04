import type { z } from "zod";
import { InvalidRequestError } from "../../model/base/errors.ts";
import type { Instant } from "../../model/base/instant.ts";
import { UnprocessableError } from "../fastapi/fault.ts";
import { validate } from "../fastapi/validate.ts";
import { isSteps, type Steps } from "../kit/decode/steps.ts";
import type { BodyReader } from "../kit/http/bodies.ts";
import { type ExactBody, type ParsedBody, parseBody, parseExactBody } from "./parse-body.ts";
import { violationDetail } from "./violation-detail.ts";

/** What was made of a checked body, if it was made in steps. */
type ResultOf<Made> = Made extends Steps<infer Result> ? Result : Made;

/** Reads bodies as what they are checked to be. */
export function checked<T extends z.ZodType>(type: T): BodyReader<z.output<T>> {
  return { type, read: (bytes) => validate(type, parseBody(bytes).value, ["body"]) };
}

/** Reads bodies as what is made of them once they are checked. */
export function checkedTo<T extends z.ZodType, Made>(
  type: T,
  make: (checked: z.output<T>, body: ParsedBody, now: Instant) => Made,
): BodyReader<ResultOf<Made>> {
  return {
    type,
    read: (bytes, now) =>
      makeOf(parseBody(bytes), (body) => make(validate(type, body.value, ["body"]), body, now)),
  };
}

/** The same where documents or numbers count as they were written. */
export function exactTo<T extends z.ZodType, Made>(
  type: T,
  make: (checked: z.output<T>, body: ExactBody) => Made,
): BodyReader<ResultOf<Made>> {
  return {
    type,
    read: (bytes) =>
      makeOf(parseExactBody(bytes), (body) => make(validate(type, body.value, ["body"]), body)),
  };
}

/**
 * Makes something of a body that was read, at once or in steps.
 *
 * @throws UnprocessableError for what `make` refuses
 */
export function* makeOf<Body extends ParsedBody, Made>(
  body: Body,
  make: (body: Body) => Made,
): Steps<ResultOf<Made>> {
  try {
    const made = make(body);
    return (isSteps(made) ? yield* made : made) as ResultOf<Made>;
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw new UnprocessableError(violationDetail(error, body.value));
  }
}
