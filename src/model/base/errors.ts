import { quoted } from "./quoted.ts";

/** The most faults of a request that are told; what looks for them stops there. */
export const MAX_FAULTS = 100;

/** What is told last where there are more. */
export const TOO_MANY_FAULTS = `More than ${MAX_FAULTS} errors; only the first are told`;

/** Where a field is in its request, such as `["filter", "thread_ids", 3]`. */
export type FaultPath = (string | number)[];

/** One field's fault. */
export interface Violation {
  path: FaultPath;
  /** What is wrong, a sentence without the field's name. */
  message: string;
}

/**
 * The request is wrong in itself: sending it again cannot help. Of many violations it keeps the first `MAX_FAULTS` and one
 * without a path that says so; names in a path are `quoted`, and whoever words a message quotes what came in it.
 */
export class InvalidRequestError extends Error {
  override readonly name = "InvalidRequestError";
  readonly violations: Violation[];

  constructor(violations: Violation[]) {
    const told = violations
      .slice(0, MAX_FAULTS)
      .map(({ path, message }) => ({ path: quotedPath(path), message }));
    if (violations.length > MAX_FAULTS) told.push({ path: [], message: TOO_MANY_FAULTS });
    super(told.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": ")).join("; "));
    this.violations = told;
  }
}

/** A path as a refusal tells it. */
export function quotedPath(path: readonly (string | number)[]): (string | number)[] {
  return path.map((step) => (typeof step === "string" ? quoted(step) : step));
}

/** Checks a part of a request: what it finds wrong is found at the part's place. */
export function checkPart<T>(place: (string | number)[], check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    const violations = error.violations.map(({ path, message }) => ({ path: [...place, ...path], message }));
    throw new InvalidRequestError(violations);
  }
}

/** A request or an answer is over a size limit; the message says which, and what to do instead. */
export class TooLargeError extends Error {
  override readonly name = "TooLargeError";
}

/** Too much is under way to take on more; nothing was done, and trying again later helps. */
export class OverloadedError extends Error {
  override readonly name: string = "OverloadedError";
}

/** The caller may not do this to this project. */
export class PermissionDeniedError extends Error {
  override readonly name = "PermissionDeniedError";
}

/** The request comes with no key, or with none that opens anything. */
export class NotAuthenticatedError extends Error {
  override readonly name = "NotAuthenticatedError";

  constructor() {
    super("Not authenticated");
  }
}

/** The key does not cover the project. Raised whether there is such a project or not: it must not tell. */
export class ProjectForbiddenError extends Error {
  override readonly name = "ProjectForbiddenError";

  constructor(projectId: string) {
    super(`The key does not cover the project "${quoted(projectId)}"`);
  }
}
