import { parseJsonObject } from "../../../../model/json/parse.ts";
import { printJson } from "../../../../model/json/print.ts";
import { mergeObjects } from "../../../../model/threads/state-update.ts";
import type { ChatDraft, ChatPatch, ChatThread } from "../../../../model/transcripts/chat-thread.ts";
import type { MessageAppend } from "../../../../model/transcripts/message.ts";
import { threadReadOnly } from "../../../errors.ts";
import { type Database, prepared } from "../../connection/database.ts";
import { chatAt } from "../../tables/chat-rows.ts";
import { createMessageRows } from "../../tables/message-rows.ts";
import { createStoredThreads } from "../../tables/thread-rows.ts";
import type { createRecordWrites } from "../records/record-writes.ts";

/** What clients gave a thread as a chat. */
interface GivenRow {
  title: string | null;
  readonly: number;
  tags: string;
  documents: string;
  archived: number;
  pinned: number;
}

/** Makes the functions that write chats inside the caller's transaction; what each does, `ChatWriter` says. */
export function createChatWrites(
  db: Database,
  records: Pick<ReturnType<typeof createRecordWrites>, "createThread" | "mustFind" | "touch">,
) {
  const messageRows = createMessageRows(db);
  const make = db.prepare(
    `INSERT OR REPLACE INTO chat (thread, title, created_by, modified_by, tags, documents)
     VALUES ($thread, $title, $by, $by, $tags, $documents)`,
  );
  const threads = createStoredThreads(db);
  const change = db.prepare(
    `INSERT INTO chat (thread, title, readonly, modified_by, tags, documents, revision)
     VALUES ($thread, $title, $readonly, $by, $tags, $documents, 2)
     ON CONFLICT DO UPDATE SET title = excluded.title, readonly = excluded.readonly, tags = excluded.tags,
       modified_by = excluded.modified_by, documents = excluded.documents, revision = revision + 1`,
  );

  function given(thread: number): GivenRow {
    return prepared<GivenRow>(
      db,
      `SELECT title, coalesce(readonly, 0) AS readonly, coalesce(tags, '[]') AS tags,
         coalesce(documents, '{}') AS documents, archived, pinned
       FROM thread LEFT JOIN chat ON chat.thread = thread.id WHERE thread.id = ?`,
    ).get(thread)!;
  }

  return {
    createChat(draft: ChatDraft): ChatThread {
      const { projectId, threadId, now, title, by, documents, messages } = draft;
      parseJsonObject(documents, ["documents"]);
      const record = { projectId, threadId, now, metadata: "{}", ttl: null, states: [] };
      records.createThread({ ...record, ifExists: "raise" });
      const { id } = records.mustFind(draft);
      make.run({ thread: id, title, by, tags: JSON.stringify(draft.tags), documents });
      threads.change(id, { project_type: draft.projectType });
      messageRows.append(id, messages);
      return chatAt(db, id);
    },

    patchChat(patch: ChatPatch): ChatThread {
      const { id } = records.mustFind(patch);
      const stored = given(id);
      const { title, tags, isReadonly, isArchived, isPinned, documents, now, by } = patch;
      change.run({
        thread: id,
        by,
        title: title === undefined ? stored.title : title,
        readonly: Number(isReadonly ?? stored.readonly),
        tags: tags === undefined ? stored.tags : JSON.stringify(tags),
        documents: documents === undefined ? stored.documents : merged(stored.documents, documents),
      });
      threads.change(id, {
        archived: Number(isArchived ?? stored.archived),
        pinned: Number(isPinned ?? stored.pinned),
      });
      records.touch(id, now);
      return chatAt(db, id);
    },

    appendMessages({ messages, by, ...key }: MessageAppend): ChatThread {
      const { id } = records.mustFind(key);
      const stored = given(id);
      if (stored.readonly === 1) throw threadReadOnly(key.threadId);
      if (messageRows.append(id, messages) > 0) {
        const { title, readonly, tags, documents } = stored;
        change.run({ thread: id, by, title, readonly, tags, documents });
        records.touch(id, key.now);
      }
      return chatAt(db, id);
    },
  };
}

function merged(document: string, patch: string): string {
  const path = ["documents"];
  return printJson(mergeObjects(parseJsonObject(document, path), parseJsonObject(patch, path)));
}
