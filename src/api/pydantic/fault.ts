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

/** The request was not understood; `detail` says why, field by field. */
export class UnprocessableError extends Error {
  override readonly name = "UnprocessableError";
  readonly detail: Detail[];

  constructor(detail: Detail[]) {
    super(detail.map(({ loc, msg }) => `${loc.join(".")}: ${msg}`).join("; "));
    this.detail = detail;
  }
}

/** The longest body, in characters or bytes, of which an error repeats lists and objects. */
const MAX_REPEATED_LENGTH = 64 * 1024;

/** The entries to be sent: of a large body only values that are no list or object, for those may be all of it. */
export function withoutLargeInputs(detail: Detail[], bodyLength: number): Detail[] {
  if (bodyLength <= MAX_REPEATED_LENGTH) return detail;
  return detail.map((entry) => ({ ...entry, input: typeof entry.input === "object" ? null : entry.input }));
}
