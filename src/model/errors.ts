/** One field's fault. */
export interface Violation {
  /** The path of the field in the request, such as `["filter", "thread_ids", 3]`. */
  path: (string | number)[];
  /** What is wrong, a sentence without the field's name. */
  message: string;
}

/** The request is wrong in itself: sending it again cannot help. */
export class InvalidRequestError extends Error {
  override readonly name = "InvalidRequestError";
  readonly violations: Violation[];

  constructor(violations: Violation[]) {
    super(violations.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
    this.violations = violations;
  }
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
    super(`The key does not cover the project "${projectId}"`);
  }
}
