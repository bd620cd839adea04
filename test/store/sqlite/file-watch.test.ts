import { mkdtempSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { StoreUnavailableError } from "../../../src/store/errors.ts";
import { type DatabaseFiles, identifyFiles } from "../../../src/store/sqlite/connection/file-identity.ts";
import { createFileWatch } from "../../../src/store/sqlite/connection/file-watch.ts";

let file: string;

/** Files that a database could have; what is in them does not matter here. */
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "skein-watch-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  file = join(folder, "skein.db");
  for (const suffix of ["", "-wal", "-shm", "-born"]) writeFileSync(file + suffix, "first");
});

afterEach(() => vi.useRealTimers());

/** A watch that ends with the test, and what it says. */
function watchOf(files: DatabaseFiles = identifyFiles(file)) {
  const warnings: string[] = [];
  const told: (string | null)[] = [];
  const watch = createFileWatch(files, (line) => warnings.push(line));
  onTestFinished(() => watch.close());
  watch.listen((trouble) => told.push(trouble));
  return { watch, warnings, told };
}

/** Another file in the place of one, born when the clock of the file system has moved on. */
function replace(path: string): void {
  const birth = (each: string) => statSync(each, { bigint: true }).birthtimeNs;
  const before = birth(`${file}-born`);
  do {
    rmSync(`${path}.new`, { force: true });
    writeFileSync(`${path}.new`, "first");
  } while (birth(`${path}.new`) === before);
  renameSync(`${path}.new`, path);
}

describe.each([
  ["", "skein.db"],
  ["-wal", "skein.db-wal"],
  ["-shm", "skein.db-shm"],
])("what happens to the file with the suffix '%s'", (suffix, name) => {
  it.each([
    ["deleted", unlinkSync],
    ["moved", (path: string) => renameSync(path, `${path}.away`)],
    ["replaced", replace],
  ])(
    "it is %s: that is told once, in one line that names it, and nothing may be written",
    (_what, happen) => {
      const { watch, told } = watchOf();
      expect(() => watch.mustBeThere()).not.toThrow();
      happen(file + suffix);
      const trouble = watch.look();
      expect(trouble).toMatch(new RegExp(`^${name} was [^\n]+restart Skein`));
      expect(watch.look()).toBe(trouble);
      expect(() => watch.mustBeThere()).toThrow(new StoreUnavailableError(trouble!));
      expect(told).toEqual([null, trouble]);
    },
  );

  it("it comes back: that is told too", () => {
    const { watch, told } = watchOf();
    renameSync(file + suffix, `${file}.away`);
    const trouble = watch.look();
    replace(file + suffix);
    expect(watch.look()).not.toBeNull();
    renameSync(`${file}.away`, file + suffix);
    expect(watch.look()).toBeNull();
    expect(() => watch.mustBeThere()).not.toThrow();
    expect(told[1]).toBe(trouble);
    expect(told.at(-1)).toBeNull();
  });

  it("it is written to: that is nothing", () => {
    const { watch } = watchOf();
    writeFileSync(file + suffix, "second, and longer");
    expect(watch.look()).toBeNull();
  });
});

it("looks by itself", async () => {
  const { watch } = watchOf();
  const lost = new Promise<string>((resolve) => watch.listen((trouble) => trouble && resolve(trouble)));
  unlinkSync(file);
  expect(await lost).toContain("skein.db was deleted or moved");
});

it("looks before a write is acknowledged if there was none for a second", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { watch } = watchOf();
  watch.confirmWrite();
  unlinkSync(file);
  vi.advanceTimersByTime(999);
  watch.confirmWrite();
  vi.advanceTimersByTime(1000);
  expect(() => watch.confirmWrite()).toThrow(StoreUnavailableError);
});

it("tells nothing to those who no longer listen", () => {
  const { watch } = watchOf();
  const told: (string | null)[] = [];
  watch.listen((trouble) => told.push(trouble))();
  unlinkSync(file);
  watch.look();
  expect(told).toEqual([null]);
});

describe("on a mount that numbers its files anew", () => {
  /** Files as if they had other numbers when they were opened. */
  function renumbered(birth?: bigint): DatabaseFiles {
    const files = identifyFiles(file);
    for (const each of Object.values(files)) {
      each.number += 1000n;
      each.birth = birth ?? each.birth;
    }
    return files;
  }

  it.each([
    ["that tells when files were born", undefined],
    ["that does not", 0n],
  ])("%s, there is one warning and never an alarm", (_name, birth) => {
    const { watch, warnings, told } = watchOf(renumbered(birth));
    for (let look = 0; look < 3; look++) expect(watch.look()).toBeNull();
    unlinkSync(file);
    expect(watch.look()).toBeNull();
    watch.confirmWrite();
    expect(warnings).toEqual([expect.stringContaining("nobody watches")]);
    expect(told).toEqual([null]);
  });
});
