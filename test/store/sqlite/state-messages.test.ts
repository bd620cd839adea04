import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { append, message } from "../chat-builders.ts";
import { draft, state } from "../record-builders.ts";
import { openTemporaryStore } from "./open-store.ts";

const said = (id: number) => ({ id: `${id}`, type: "human", content: `message ${id}` });
const update = (...messages: unknown[]) => state([JSON.stringify({ messages })]);

it("a state with more messages at the end writes these, and one with a change those from there on", async () => {
  const { store, file, close } = await openTemporaryStore();
  onTestFinished(close);
  const rows = () => {
    const db = new Database(file, { readonly: true });
    const ids = db.prepare<[], number>("SELECT id FROM message ORDER BY source, position").pluck().all();
    expect(db.prepare("SELECT count(*) FROM message_body").pluck().get()).toBe(ids.length);
    db.close();
    return ids;
  };
  await store.createThread(draft());
  await store.setState(update(...Array.from({ length: 50 }, (_, id) => said(id))));
  const first = rows();
  await store.setState(update(said(50)));
  expect(rows().slice(0, 50)).toEqual(first);
  await store.setState(update({ ...said(48), content: "other" }));
  expect(rows().slice(0, 48)).toEqual(first.slice(0, 48));
  expect(rows()).toHaveLength(51);
  await store.appendMessages(append([message()]));
  expect(rows(), "nothing is kept that nobody asks for").toHaveLength(1);
});
