// Fails when a file imports from a room that it may not, files of src import each other in a circle, or the naive engine
// imports a rule.
import { globSync } from "node:fs";
import { join } from "node:path";
import { circlesOf, faultOf, importsOf, strayOf } from "./imports.ts";
import { APART, ENTRANCES, FLOORS, NAIVE } from "./rooms.ts";

const root = join(import.meta.dirname, "../..");
const imports = importsOf(globSync("{src,test,bench,fuzz}/**/*.ts", { cwd: root }), root);
const faults = imports.flatMap((one) => {
  const fault = faultOf(one, { floors: FLOORS, apart: APART, entrances: ENTRANCES });
  return fault === null ? [] : [`${one.from} imports ${one.to}: ${fault}`];
});
const naive = NAIVE.rooms.flatMap((room) =>
  globSync(room.endsWith(".ts") ? room : `${room}/**/*.ts`, { cwd: root }),
);
for (const one of importsOf(naive, root)) {
  const fault = strayOf(one, NAIVE);
  if (fault !== null) faults.push(`${one.from} imports ${one.to}: ${fault}`);
}
const circles = circlesOf(imports.filter(({ from }) => from.startsWith("src/"))).map(
  (files) => `a circle of imports: ${files.join(" > ")}`,
);
for (const line of [...faults, ...circles]) process.stderr.write(`${line}\n`);
if (faults.length + circles.length > 0) process.exitCode = 1;
