import type { z } from "zod";
import { MAX_FAULTS } from "../../../model/base/errors.ts";

/**
 * The faults that are still looked for in the body at hand, one more than are told. Checking is synchronous, so there is
 * one body at a time.
 */
let wanted = 0;

/** Checks a body: all that is found wrong within counts together. */
export function checkBody<Result>(check: () => Result): Result {
  wanted = MAX_FAULTS + 1;
  return check();
}

/** What the transformation of a type tells its faults to. */
type Faults = Pick<z.RefinementCtx, "issues">;

/** Visits the items of a list, or members of an object, until enough of the body is known to be wrong. */
export function eachItem<Key, Item>(
  items: Iterable<[Key, Item]>,
  { issues }: Faults,
  visit: (item: Item, key: Key) => void,
): void {
  for (const [key, item] of items) {
    if (wanted <= 0) return;
    const [before, known] = [wanted, issues.length];
    visit(item, key);
    // Lists within the item have taken theirs already.
    wanted = before - (issues.length - known);
  }
}

/** Reads the items of a list by their type; those after too many faults are left out. */
export function readItems<T extends z.ZodType>(items: unknown[], type: T, faults: Faults): z.output<T>[] {
  const values: z.output<T>[] = [];
  eachItem(items.entries(), faults, (input, index) => {
    const { data, error } = type.safeParse(input);
    if (!error) values.push(data as z.output<T>);
    for (const issue of error?.issues ?? []) {
      faults.issues.push({ ...issue, path: [index, ...issue.path] } as z.core.$ZodRawIssue);
    }
  });
  return values;
}
