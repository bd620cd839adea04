import { execFile } from "node:child_process";
import { existsSync, lstatSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The folder of this checkout. */
export const ROOT = join(import.meta.dirname, "../..");

/** Says, in a folder of `.bench`, which commit it holds; the last file that is written there. */
const MARK = ".commit";

/**
 * Lays the files of a commit, and what they depend on, in a folder beside this checkout's, or finds them there.
 *
 * @param name what the folder is called; one that holds another commit is replaced
 * @returns the folder
 * @throws when this clone has no such commit
 */
export async function checkOut(name: string, revision: string): Promise<string> {
  const commit = await commitOf(revision);
  const folder = join(ROOT, ".bench", name.replaceAll(/[^\w.-]/g, "-"));
  const held = await readFile(join(folder, MARK), "utf8").catch(() => null);
  if (held !== commit) await unpack(commit, folder);
  await addModules(folder);
  return folder;
}

async function commitOf(revision: string): Promise<string> {
  const asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
  const { stdout } = await run("git", asked, { cwd: ROOT }).catch(() => {
    throw new Error(`this clone has no commit ${revision}; if it is shallow: git fetch --unshallow`);
  });
  return stdout.trim();
}

async function unpack(commit: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const archive = join(folder, "archive.tar");
  await run("git", ["archive", "--output", archive, commit], { cwd: ROOT });
  await run("tar", ["-xf", archive], { cwd: folder });
  await rm(archive);
  await writeFile(join(folder, MARK), commit);
}

/** Where both lock files are the same, so are the modules; else npm installs those of the commit. */
async function addModules(folder: string): Promise<void> {
  const modules = join(folder, "node_modules");
  const [theirs, ours] = await Promise.all(
    [folder, ROOT].map((at) => readFile(join(at, "package-lock.json"), "utf8")),
  );
  if (theirs === ours) {
    if (existsSync(modules)) return;
    await rm(modules, { force: true });
    await symlink(join(ROOT, "node_modules"), modules);
    return;
  }
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) await rm(modules);
  if (!existsSync(modules)) await run("npm", ["ci"], { cwd: folder });
}
