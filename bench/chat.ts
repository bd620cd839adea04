import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { openSqliteStore } from "../src/store/sqlite/engine.ts";
import { buildChats } from "./chat-data.ts";
import { benchChatList, benchServedChats, benchTranscript } from "./chats.ts";

const { threads, messages, db } = new Command()
  .option("--threads <n>", "chats to build", Number, 100_000)
  .option("--messages <n>", "messages of the long transcript", Number, 100_000)
  .option("--db <file>", "build in this file and keep it, or use it as it is if it is there")
  .parse()
  .opts<{ threads: number; messages: number; db?: string }>();

const folder = await mkdtemp(join(tmpdir(), "skein-bench-"));
const file = db ?? join(folder, "chat.db");
const isBuilt = existsSync(file);
const store = await openSqliteStore({
  file,
  durability: "full",
  snapshotMs: 600_000,
  maxQueuedBytes: 256 * 1024 * 1024,
});
try {
  if (!isBuilt) await buildChats(store, threads, messages);
  console.table(await benchChatList(store, file, threads));
  console.table(await benchTranscript(store, file, messages));
  await store.close();
  console.table(await benchServedChats(file, messages));
} finally {
  await store.close();
  await rm(folder, { recursive: true, force: true });
}
