import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ENTRY_SCHEMAS } from "../../src/cli/transfer/entry-schema.ts";
import { exportText } from "../../src/cli/transfer/export.ts";
import { importFile } from "../../src/cli/transfer/import.ts";
import { headerOf } from "../../src/cli/transfer/lines.ts";
import type { ProjectMover } from "../../src/store/roles/transfer.ts";
import { createNaiveStore } from "../store/naive-store.ts";
import { openTemporaryStore } from "../store/temporary-store.ts";

const FOLDER = "test/fixtures/exports";
const NOW = versionIn(JSON.stringify(headerOf("p")));
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".jsonl"));

const STORES: Record<string, () => Promise<ProjectMover>> = {
  SQLite: async () => {
    const { store, close } = await openTemporaryStore();
    onTestFinished(close);
    return store;
  },
  "the naive engine": async () => createNaiveStore(),
};

function versionIn(header: string): number {
  return JSON.parse(header).version;
}

async function textOf(store: ProjectMover): Promise<string> {
  let text = "";
  for (const project of await store.listProjects()) {
    for await (const part of exportText(store, project, () => {})) text += part;
  }
  return text;
}

test("there is an export of every version so far", () => {
  const versions = Array.from({ length: NOW }, (_, index) => `version-${index + 1}.jsonl`);
  expect(files.toSorted()).toEqual(versions.toSorted());
});

test("the newest has lines of every kind", () => {
  const text = readFileSync(join(FOLDER, `version-${NOW}.jsonl`), "utf8");
  const kinds = new Set([...text.matchAll(/^\{"kind":"(\w+)"/gm)].map(([, kind]) => kind));
  const known = ENTRY_SCHEMAS.map(({ shape }) => shape.kind.value);
  expect([...kinds].toSorted()).toEqual(["project", ...known, "end"].toSorted());
});

describe.each(files)("%s", (name) => {
  const file = join(FOLDER, name);
  const text = readFileSync(file, "utf8");

  test("says its version", () => expect(name).toBe(`version-${versionIn(text.split("\n", 1)[0]!)}.jsonl`));

  test.each(Object.entries(STORES))("imported into %s comes out again as it is", async (_store, open) => {
    const store = await open();
    const options = { onStored: () => {}, onLeftOut: (what: string) => expect.fail(what) };
    const entries = text.trimEnd().split("\n").length - 2 * text.match(/^\{"kind":"project"/gm)!.length;
    expect(await importFile(store, file, options)).toBe(entries);
    const today = text.replace(/^(\{"kind":"project","format":"skein-export","version":)\d+/gm, `$1${NOW}`);
    expect(await textOf(store)).toBe(today);
  });
});
