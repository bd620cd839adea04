import type { ChatDraft } from "../../../model/transcripts/chat-thread.ts";
import type { Message } from "../../../model/transcripts/message.ts";
import type { ChatReader, ChatWriter } from "../../roles/chats.ts";
import type { ReadOptions } from "../../roles/read-options.ts";
import type { TurnReader } from "../../roles/spans.ts";
import type { Database } from "../connection/database.ts";
import { createReadNow } from "../connection/read-now.ts";
import { chatPages, isLightChatQuery } from "../reads/chats/chat-query.ts";
import { isLightMessageQuery, messagePages } from "../reads/chats/message-query.ts";
import { isLightTurnQuery, turnPages } from "../reads/turns/turn-query.ts";
import { chatAt } from "../tables/chat-rows.ts";
import { findRecord } from "../tables/record-rows.ts";
import type { LongReads } from "../workers/long-reads.ts";
import type { WriteQueue } from "../workers/write-queue.ts";

/** Threads as chats, over a connection that reads, the queue of writes, and the threads for long reads. */
export function createChatStore(
  main: Database,
  queue: WriteQueue,
  longReads: LongReads,
): ChatWriter & ChatReader & TurnReader {
  const readNow = createReadNow(main);

  return {
    createChat: (draft) => queue.write("createChat", draft, sizeOfDraft(draft)),
    patchChat: (patch) => queue.write("patchChat", patch, patch.documents?.length),
    appendMessages: (append) => queue.write("appendMessages", append, sizeOfMessages(append.messages)),

    async getChat({ projectId, threadId, now }) {
      return readNow(() => {
        const row = findRecord(main, projectId, threadId, now);
        return row && chatAt(main, row.id);
      });
    },

    async *listChats(query, options: ReadOptions = {}) {
      options.signal?.throwIfAborted();
      const batches = readNow(() => (isLightChatQuery(main, query) ? [...chatPages(main, query)] : null));
      yield* batches ?? longReads.read("chats", query, options);
    },

    async *listMessages(query, options: ReadOptions = {}) {
      options.signal?.throwIfAborted();
      const batches = readNow(() =>
        isLightMessageQuery(main, query) ? [...messagePages(main, query)] : null,
      );
      yield* batches ?? longReads.read("messages", query, options);
    },

    async *listTurns(query, options: ReadOptions = {}) {
      options.signal?.throwIfAborted();
      if (isLightTurnQuery(query)) yield* readNow(() => [...turnPages(main, query)]);
      else yield* longReads.read("turns", query, options);
    },
  };
}

function sizeOfDraft({ documents, messages }: ChatDraft): number {
  return documents.length + sizeOfMessages(messages);
}

function sizeOfMessages(messages: Message[]): number {
  return messages.reduce((size, { text, json }) => size + text.length + json.length, 0);
}
