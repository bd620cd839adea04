import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("CI runs the command that the README gives, and skips nothing", () => {
  const [, command] = /^Test it:\n\n```sh\n(.+)\n```$/m.exec(readFileSync("README.md", "utf8")) ?? [];
  const lines = readFileSync(".ci/run", "utf8").trimEnd().split("\n");
  expect(lines.at(-1)).toBe(command);
  expect(lines).toContain("export CI=true");
});
