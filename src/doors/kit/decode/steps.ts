/** Work that is done in steps: between two of them something else can be done. Its result comes last. */
export type Steps<Result> = Generator<undefined, Result, void>;

/** Does all steps at once, where there are any. */
export function finish<Result>(work: Result | Steps<Result>): Result {
  if (!isSteps(work)) return work;
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Whether work is done in steps, not done already. */
export function isSteps<Result>(work: Result | Steps<Result>): work is Steps<Result> {
  return typeof work === "object" && work !== null && "next" in work && typeof work.next === "function";
}

/** Makes something of each value, a step each. */
export function* mapInSteps<Value, Made>(
  values: Iterable<Value>,
  make: (value: Value, index: number) => Made,
): Steps<Made[]> {
  const made: Made[] = [];
  for (const value of values) {
    made.push(make(value, made.length));
    yield;
  }
  return made;
}
