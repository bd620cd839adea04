import { expect, test } from "vitest";
import type { Derivation } from "../../src/store/roles/derivation.ts";
import { createDerivationLog } from "../../src/store/shared/derivation-log.ts";

test("the log has a line when the work begins, one now and then, and one when it is done", () => {
  const lines: string[] = [];
  let now = 0;
  const tell = createDerivationLog(
    (line) => lines.push(line),
    () => now,
  );
  const traces = (percent: number): Derivation => ({ part: "traces", rules: 1, percent });
  tell([{ part: "threads", rules: 1, percent: 0 }, traces(0)]);
  for (let percent = 1; percent <= 25; percent += 1) {
    now += 1_000;
    tell([traces(percent)]);
  }
  tell([]);
  expect(lines).toEqual([
    "what older rules made of what is stored is derived again in the background: threads 0 %, traces 0 %",
    "still derived again: traces 10 %",
    "still derived again: traces 20 %",
    "all that is stored is by the rules of this version",
  ]);
});
