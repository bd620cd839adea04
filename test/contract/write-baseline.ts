// Writes baseline.binpb anew: what clients out there may rely on. Refuses what would break one that relies on the old.
import { spawnSync } from "node:child_process";
import { renameSync, rmSync } from "node:fs";

const BASELINE = "test/contract/baseline.binpb";
const FRESH = `${BASELINE}.new.binpb`;

try {
  const isWritten = succeeds("build", "-o", FRESH) && succeeds("breaking", FRESH, "--against", BASELINE);
  if (isWritten) renameSync(FRESH, BASELINE);
  else process.stderr.write(`${BASELINE} stays as it is\n`);
  process.exitCode = isWritten ? 0 : 1;
} finally {
  rmSync(FRESH, { force: true });
}

/** Runs buf, which prints what is wrong. */
function succeeds(...command: string[]): boolean {
  const { status, error } = spawnSync("buf", command, { stdio: "inherit" });
  if (error) throw error;
  return status === 0;
}
