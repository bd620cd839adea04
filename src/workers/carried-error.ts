/** An error as it crosses between threads; structured cloning alone strips it of its class and fields. */
export interface CarriedError {
  name: string;
  message: string;
  stack: string | undefined;
  /** Its own fields, such as the violations of an `InvalidRequestError`; structured cloning must take them. */
  fields: Record<string, unknown>;
}

/** A class of errors, known across threads by its name. */
export type ErrorClass = abstract new (...args: never[]) => Error;

export function carryError(error: unknown): CarriedError {
  if (!(error instanceof Error))
    return { name: "Error", message: String(error), stack: undefined, fields: {} };
  const { name, message, stack } = error;
  return { name, message, stack, fields: { ...error } };
}

/** The error again, of its own class if that is among those given, else a plain one. */
export function reviveError(carried: CarriedError, classes: readonly ErrorClass[]): Error {
  const known = classes.find((candidate) => candidate.name === carried.name) ?? Error;
  const error: Error = Object.create(known.prototype);
  const { name, message, stack, fields } = carried;
  return Object.assign(error, fields, { name, message, stack });
}
