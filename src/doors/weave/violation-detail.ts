import type { InvalidRequestError } from "../../model/base/errors.ts";
import type { Detail } from "../fastapi/fault.ts";
import { valueAt } from "../fastapi/validate.ts";

/** The entries for what breaks a rule of the model. */
export function violationDetail(error: InvalidRequestError, body: unknown): Detail[] {
  return error.violations.map(({ path, message }) => ({
    type: "value_error",
    loc: ["body", ...path],
    msg: `Value error, ${message}`,
    input: valueAt(body, path),
  }));
}
