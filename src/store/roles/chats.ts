import type { ThreadKeyAt } from "../../model/threads/thread-record.ts";
import type {
  ChatDraft,
  ChatPatch,
  ChatQuery,
  ChatThread,
  ChatTotals,
} from "../../model/transcripts/chat-thread.ts";
import type { MessageAppend, MessageQuery, PlacedMessage } from "../../model/transcripts/message.ts";
import type { ReadOptions } from "./read-options.ts";

/**
 * Creates and changes threads as chats. Each call is one transaction, as those of `RecordWriter` are; a chat is a
 * record, and moves its `updatedAt` as it changes. Raises `InvalidRequestError` if documents are no JSON object.
 */
export interface ChatWriter {
  /** Creates a chat. Where only spans have made the thread it becomes the client's. Raises `AlreadyExistsError`. */
  createChat(draft: ChatDraft): Promise<ChatThread>;
  /** Changes a chat. Raises `NotFoundError`. */
  patchChat(patch: ChatPatch): Promise<ChatThread>;
  /**
   * Adds messages to the end of a thread's transcript. Messages the thread has already, by their ids, are passed over;
   * if it has all of them, nothing changes. Raises `NotFoundError`, and `ReadOnlyThreadError` if the chat is read-only.
   */
  appendMessages(append: MessageAppend): Promise<ChatThread>;
}

/** Reads threads as chats. */
export interface ChatReader {
  /** The chat; null if there is no such thread. Costs a look-up, and the feedback on the conversation. */
  getChat(key: ThreadKeyAt): Promise<ChatThread | null>;
  /**
   * Yields the chats that match, the latest first, from one snapshot, in batches of bounded size, and at least one.
   * Costs the chats it returns; with a condition, those it passes over on the way, never on the caller's event loop.
   */
  listChats(query: ChatQuery, options?: ReadOptions): AsyncIterable<ChatBatch>;
  /**
   * Yields a stretch of a thread's transcript, in the order of the transcript whichever end it is nearest to, from one
   * snapshot, in batches of bounded size, and at least one. Raises `NotFoundError`.
   *
   * The messages are those appended to the thread; where there are none, those of its latest state; where there are none
   * either, what its turns say (`saidInTurn`), in their order. What a chat says of its messages it says of these. Costs
   * the messages it returns; an offset costs nothing but where they are the turns', then an index entry for each turn.
   */
  listMessages(query: MessageQuery, options?: ReadOptions): AsyncIterable<MessageBatch>;
}

/** A part of a list of chats. */
export interface ChatBatch {
  chats: ChatThread[];
  /** The same in every batch. */
  totals: ChatTotals;
  /** The same in every batch: whether more chats match after the last one of the page. */
  hasMore: boolean;
}

/** A part of a stretch of a transcript. */
export interface MessageBatch {
  messages: PlacedMessage[];
  /** The same in every batch: how many messages the whole transcript has. */
  total: number;
  /** The same in every batch: whether more messages follow the stretch, away from the end it started at. */
  hasMore: boolean;
}
