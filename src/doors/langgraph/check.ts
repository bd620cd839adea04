import type { z } from "zod";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { checkBody } from "../kit/decode/each-item.ts";

/**
 * Checks a value by its type. Lists are looked at until `MAX_FAULTS` faults are found.
 *
 * @throws InvalidRequestError with every fault
 */
export function check<T extends z.ZodType>(type: T, value: unknown): z.output<T> {
  const result = checkBody(() => type.safeParse(value));
  if (result.success) return result.data;
  throw new InvalidRequestError(
    result.error.issues.map(({ path, message }) => ({ path: path as (string | number)[], message })),
  );
}
