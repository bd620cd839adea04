import { parseJsonObject } from "../../../../model/json/parse.ts";
import {
  type ChatDraft,
  type ChatPatch,
  type ChatThread,
  type GivenChat,
  patchedChat,
  takesMessages,
} from "../../../../model/transcripts/chat-thread.ts";
import type { MessageAppend } from "../../../../model/transcripts/message.ts";
import { shownTranscript } from "../../../../model/transcripts/transcript-source.ts";
import { EMPTY_SUMMARY } from "../../../../model/transcripts/transcript-summary.ts";
import { threadReadOnly } from "../../../errors.ts";
import { type Database, prepared } from "../../connection/database.ts";
import {
  chatAt,
  chatOf,
  chatRowAt,
  GIVEN_CHAT_COLUMNS,
  GIVEN_CHAT_JOIN,
  type GivenChatRow,
} from "../../tables/chat-rows.ts";
import { createMessageRows } from "../../tables/message-rows.ts";
import { createStoredThreads } from "../../tables/thread-rows.ts";
import { createThreadTouch } from "../../tables/thread-touch.ts";
import { APPENDED, toSummary, transcriptColumns } from "../../tables/transcript-rows.ts";
import type { createRecordWrites } from "../records/record-writes.ts";

/** Makes the functions that write chats inside the caller's transaction; what each does, `ChatWriter` says. */
export function createChatWrites(
  db: Database,
  records: Pick<ReturnType<typeof createRecordWrites>, "createThread" | "mustFind">,
) {
  const messageRows = createMessageRows(db);
  const touch = createThreadTouch(db);
  const make = db.prepare(
    `INSERT OR REPLACE INTO chat (thread, title, created_by, modified_by, tags, documents)
     VALUES ($thread, $title, $by, $by, $tags, $documents)`,
  );
  const threads = createStoredThreads(db);
  const put = db.prepare(
    `INSERT INTO chat (thread, title, readonly, modified_by, tags, documents, revision)
     VALUES ($thread, $title, $readonly, $by, $tags, $documents, 2)
     ON CONFLICT DO UPDATE SET title = excluded.title, readonly = excluded.readonly, tags = excluded.tags,
       modified_by = excluded.modified_by, documents = excluded.documents, revision = revision + 1`,
  );
  const revise = db.prepare(
    `INSERT INTO chat (thread, modified_by, revision) VALUES ($thread, $by, $revision)
     ON CONFLICT DO UPDATE SET modified_by = excluded.modified_by, revision = excluded.revision`,
  );

  /** What clients gave a thread as a chat. */
  function given(thread: number): GivenChat {
    const sql = `SELECT ${GIVEN_CHAT_COLUMNS} FROM thread ${GIVEN_CHAT_JOIN} WHERE thread.id = ?`;
    const { title, tags, archived, pinned, readonly, documents } = prepared<GivenChatRow>(db, sql).get(
      thread,
    )!;
    return {
      title,
      tags: JSON.parse(tags) as string[],
      isArchived: archived === 1,
      isPinned: pinned === 1,
      isReadonly: readonly === 1,
      documents,
    };
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
      messageRows.appendAndShow(id, messages);
      return chatAt(db, id);
    },

    patchChat(patch: ChatPatch): ChatThread {
      const row = records.mustFind(patch);
      const thread = row.id;
      const { title, tags, isArchived, isPinned, isReadonly, documents } = patchedChat(given(thread), patch);
      put.run({
        thread,
        by: patch.by,
        title,
        tags: JSON.stringify(tags),
        documents,
        readonly: Number(isReadonly),
      });
      touch(row, patch.now, { archived: Number(isArchived), pinned: Number(isPinned) });
      return chatAt(db, thread);
    },

    appendMessages({ messages, by, ...key }: MessageAppend): ChatThread {
      const row = records.mustFind(key);
      const chat = chatRowAt(db, row.id);
      if (!takesMessages({ isReadonly: chat.readonly === 1 })) throw threadReadOnly(key.threadId);
      const before = row.message_source === APPENDED ? toSummary(chat.summary) : EMPTY_SUMMARY;
      const summary = messageRows.append(row.id, before, messages);
      if (summary === null) return chatOf(db, chat);
      const revision = chat.revision + 1;
      revise.run({ thread: row.id, by, revision });
      const transcript = shownTranscript((source) => (source === "appended" ? summary : null));
      const { updated_at: modifiedAt } = touch(row, key.now, transcriptColumns(transcript));
      return chatOf(db, { ...chat, modifiedAt: modifiedAt!, modifiedBy: by, revision }, summary);
    },
  };
}
