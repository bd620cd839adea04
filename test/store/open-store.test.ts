import { expect, it, onTestFinished } from "vitest";
import { StoreOpenError } from "../../src/store/errors.ts";
import { openStore, openStoreToServe } from "../../src/store/open-store.ts";
import { span, threadQuery } from "./builders.ts";
import { readThreads } from "./reading.ts";
import { openTemporaryStore } from "./temporary-store.ts";

it("a store that is opened by its file alone keeps what it is given", async () => {
  const { file, store, close } = await openTemporaryStore();
  onTestFinished(close);
  await store.writeSpans([span({ thread: "kept" })]);
  const other = await openStore({ db: file });
  expect((await readThreads(other, threadQuery())).map(({ threadId }) => threadId)).toEqual(["kept"]);
  await other.close();
});

it("a store in memory is refused, before anything is made", async () => {
  await expect(openStore({ db: ":memory:" })).rejects.toThrow(StoreOpenError);
  const lines: string[] = [];
  const logger = { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(line) };
  const { signal } = new AbortController();
  const opening = openStoreToServe({ db: ":memory:", shared: false }, { signal, logger });
  await expect(opening).rejects.toThrow("cannot open :memory:: a store is a file");
  expect(lines).toEqual([]);
});
