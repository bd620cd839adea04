import { expect, test } from "vitest";
// What PostgreSQL 15 answers to `document::jsonb @> filter::jsonb`.
import containment from "../../fixtures/jsonb-containment.json" with { type: "json" };
// What numpy 2.4 answers to `percentile(values, 50)` and `percentile(values, 99)`, in floating point.
import quantiles from "../../fixtures/quantiles.json" with { type: "json" };
import { contains } from "./contains.ts";
import { quantile } from "./quantile.ts";

test("the naive containment answers what PostgreSQL answers", () => {
  const answers = containment.map(([document, filter]) => [
    document,
    filter,
    contains(document as string, filter as string),
  ]);
  expect(answers).toEqual(containment);
  expect(containment.length).toBeGreaterThan(200);
});

test("the naive quantiles are numpy's", () => {
  const differing = (quantiles as [number[], number, number][]).filter(([values, p50, p99]) => {
    const isNear = (percent: number, expected: number) =>
      Math.abs(quantile(values, percent)! - expected) <= 1e-12 * expected;
    return !isNear(50, p50) || !isNear(99, p99);
  });
  expect(differing).toEqual([]);
  expect(quantiles.length).toBeGreaterThan(30);
});
