import { join } from "node:path";
import { buildChats } from "./chat-data.ts";
import { benchChatList, benchServedChats, benchTranscript } from "./chats.ts";
import { type BenchOptions, inFolder, threadsCommand, withStore } from "./options.ts";

const { threads, messages, db } = threadsCommand()
  .option("--messages <n>", "messages of the long transcript", Number, 100_000)
  .parse()
  .opts<BenchOptions & { messages: number }>();

await inFolder(async (folder) => {
  const file = db ?? join(folder, "chat.db");
  const build = (store: Parameters<typeof buildChats>[0]) => buildChats(store, threads, messages);
  await withStore(file, build, async (store) => {
    console.table(await benchChatList(store, file, threads));
    console.table(await benchTranscript(store, file, messages));
  });
  console.table(await benchServedChats(file, messages));
});
