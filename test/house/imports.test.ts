import { expect, test } from "vitest";
import { circlesOf, faultOf, type Import } from "./imports.ts";

const house = {
  floors: [["src/ground", "src/first"]],
  apart: [["src/first/left", "src/first/right"]],
  entrances: [{ room: "src/ground/engine", from: ["src/ground/engine", "src/ground/open.ts"] }],
};

function circles(...imports: [string, string][]): string[][] {
  return circlesOf(imports.map(([from, to]): Import => ({ from, to, isOfTypes: false })));
}

test.each([
  ["src/first/a.ts", "src/ground/b.ts", null],
  ["src/ground/b.ts", "src/ground/c.ts", null],
  ["src/ground/b.ts", "src/first/a.ts", /src\/ground may not import from src\/first/],
  ["src/first/left/a.ts", "src/first/kit.ts", null],
  ["src/first/left/a.ts", "src/first/right/b.ts", /may not import/],
  ["src/ground/open.ts", "src/ground/engine/a.ts", null],
  ["src/ground/engine/a.ts", "src/ground/engine/b.ts", null],
  ["src/first/a.ts", "src/ground/engine/a.ts", /imported by .*open\.ts only/],
  ["test/a.ts", "src/ground/engine/a.ts", /imported by .*open\.ts only/],
  ["test/a.ts", "src/ground/open.ts", null],
])("an import of %s from %s", (from, to, fault) => {
  const found = faultOf({ from, to, isOfTypes: false }, house);
  if (fault === null) expect(found).toBeNull();
  else expect(found).toMatch(fault);
});

test("a circle is told with its files, and a diamond is none", () => {
  expect(circles(["a", "b"], ["b", "c"], ["c", "b"])).toEqual([["b", "c", "b"]]);
  expect(circles(["a", "b"], ["a", "c"], ["b", "d"], ["c", "d"])).toEqual([]);
});
