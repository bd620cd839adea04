// Fails when gen/ is not what `npm run generate` makes of proto/.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const fresh = mkdtempSync(join(tmpdir(), "skein-gen-"));
try {
  execFileSync("buf", ["generate", "-o", fresh], { stdio: "inherit" });
  const committed = filesBelow("gen");
  const generated = filesBelow(join(fresh, "gen"));
  const names = new Set([...committed.keys(), ...generated.keys()]);
  const stale = [...names].filter((name) => committed.get(name) !== generated.get(name));
  if (stale.length > 0) {
    process.stderr.write(`gen/ is not current (run: npm run generate):\n${stale.join("\n")}\n`);
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true });
}

function filesBelow(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), readFileSync(path, "utf8")];
    }),
  );
}
