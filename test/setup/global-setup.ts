import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Has all that tests leave in the folder for temporary files removed at the end, and modules that workers and processes
 * load compiled once.
 */
export default async function setUp(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "skein-tests-"));
  process.env.TMPDIR = folder;
  process.env.NODE_COMPILE_CACHE ??= resolve("node_modules/.cache/node-compile");
  return () => rm(folder, { recursive: true, force: true });
}
