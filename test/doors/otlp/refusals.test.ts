import { expect, test } from "vitest";
import { addRefusals, describeRefusals, noRefusals, refuse } from "../../../src/doors/otlp/refusals.ts";

test("at most 20 reasons are named, and every refused span is counted", () => {
  const refusals = noRefusals();
  for (let reason = 1; reason <= 25; reason++) refuse(refusals, `reason ${reason}`);
  refuse(refusals, "reason 1", 2);
  refuse(refusals, "reason 25");
  expect(refusals.count).toBe(28);
  const described = describeRefusals(refusals).split("; ");
  expect(described).toHaveLength(21);
  expect(described[0]).toBe("reason 1 (3 spans)");
  expect(described[19]).toBe("reason 20 (1 span)");
  expect(described[20]).toBe("other reasons (6)");

  const sum = noRefusals();
  addRefusals(sum, refusals);
  addRefusals(sum, refusals);
  expect(sum.count).toBe(56);
  expect(sum.byReason.get("reason 1")).toBe(6);
});

test("nothing refused says nothing", () => {
  expect(describeRefusals(noRefusals())).toBe("");
});
