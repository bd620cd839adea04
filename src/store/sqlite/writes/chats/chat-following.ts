import type { Database } from "../../connection/database.ts";
import { createMessageRows } from "../../tables/message-rows.ts";
import { createStoredThreads } from "../../tables/thread-rows.ts";

/** What happens to a chat when its thread is copied or removed. */
export interface ChatFollowing {
  copy(from: number, to: number): void;
  remove(thread: number): void;
}

/** Makes what copies and removes chats with their messages, inside the caller's transaction. */
export function createChatFollowing(db: Database): ChatFollowing {
  const messages = createMessageRows(db);
  const copyGiven = db.prepare(
    `INSERT OR REPLACE INTO chat (thread, title, created_by, modified_by, tags, documents)
     SELECT $to, title, created_by, modified_by, tags, documents FROM chat WHERE thread = $from`,
  );
  const threads = createStoredThreads(db);
  const removeGiven = db.prepare<[number]>("DELETE FROM chat WHERE thread = ?");
  return {
    copy(from, to) {
      copyGiven.run({ from, to });
      threads.change(to, { project_type: threads.at(from)!.project_type });
      messages.copy(from, to);
    },
    remove(thread) {
      removeGiven.run(thread);
      messages.remove(thread);
    },
  };
}
