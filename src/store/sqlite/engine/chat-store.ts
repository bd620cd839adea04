import type { ChatDraft } from "../../../model/transcripts/chat-thread.ts";
import type { Message } from "../../../model/transcripts/message.ts";
import type { ChatReader, ChatWriter } from "../../roles/chats.ts";
import type { TurnReader } from "../../roles/spans.ts";
import { chatRead, chatsRead } from "../reads/chats/chat-query.ts";
import { messagesRead } from "../reads/chats/message-query.ts";
import { turnsRead } from "../reads/turns/turn-query.ts";
import type { WriteQueue } from "../workers/write-queue.ts";
import type { Reading } from "./reading.ts";

/** Threads as chats. */
export function createChatStore(
  { read, answer }: Reading,
  queue: WriteQueue,
): ChatWriter & ChatReader & TurnReader {
  return {
    createChat: (draft) => queue.write("createChat", draft, sizeOfDraft(draft)),
    patchChat: (patch) => queue.write("patchChat", patch, patch.documents?.length),
    appendMessages: (append) => queue.write("appendMessages", append, sizeOfMessages(append.messages)),

    getChat: (key) => answer(chatRead, key),
    listChats: (query, options) => read(chatsRead, query, options),
    listMessages: (query, options) => read(messagesRead, query, options),
    listTurns: (query, options) => read(turnsRead, query, options),
  };
}

function sizeOfDraft({ documents, messages }: ChatDraft): number {
  return documents.length + sizeOfMessages(messages);
}

function sizeOfMessages(messages: Message[]): number {
  return messages.reduce((size, { text, json }) => size + text.length + json.length, 0);
}
