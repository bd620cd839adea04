import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { append, message, messageQuery, readMessages } from "../chat-builders.ts";
import { draft, state } from "../record-builders.ts";
import { openTemporaryStore } from "../temporary-store.ts";

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

it("messages that come together keep their order and bodies, however many they are", async () => {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  await store.createThread(draft());
  const batch = (start: number, count: number) =>
    Array.from({ length: count }, (_, index) => {
      const text = `message ${start + index}`;
      return message({ messageId: `m${start + index}`, text });
    });
  let sent = 0;
  for (const count of [1, 9, 10, 11, 25]) {
    await store.appendMessages(append(batch(sent, count)));
    sent += count;
  }
  const { messages } = await readMessages(store, messageQuery());
  expect(messages.map(({ place: _, ...each }) => each)).toEqual(batch(0, sent));
});
