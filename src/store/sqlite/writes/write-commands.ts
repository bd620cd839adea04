import type { Instant } from "../../../model/base/instant.ts";
import { type CallChange, type CallDeletion, keyOfChange, spansOfStarts } from "../../../model/calls/call.ts";
import type { Feedback } from "../../../model/feedback/feedback.ts";
import type { Span } from "../../../model/traces/span.ts";
import type { Database } from "../connection/database.ts";
import { createKeyWrites } from "../tables/api-keys.ts";
import { createFeedbackWrites } from "../tables/feedback-rows.ts";
import { createCallWrites } from "./calls/write-calls.ts";
import { createChatFollowing } from "./chats/chat-following.ts";
import { createChatWrites } from "./chats/chat-writes.ts";
import { createContentWrites } from "./content/content-writes.ts";
import { createEntryImport } from "./import/import-entries.ts";
import { createExpiry } from "./records/expire-touched.ts";
import { createRecordWrites } from "./records/record-writes.ts";
import { createThreadRemoval } from "./records/remove-thread.ts";
import { createSpanWrites } from "./spans/write-spans.ts";

/** Makes everything that changes a database: each runs inside the caller's transaction, on one argument. */
export function createWriteCommands(db: Database) {
  const writeSpans = createSpanWrites(db);
  const feedback = createFeedbackWrites(db);
  const following = createChatFollowing(db);
  const removal = createThreadRemoval(db, writeSpans, following.remove);
  const expireTouched = createExpiry(db, removal.removeExpired);
  const { mustFind, ...records } = createRecordWrites(db, removal, following.copy);
  const calls = createCallWrites(db, writeSpans);
  const content = createContentWrites(db);
  return {
    writeSpans({ spans, now }: { spans: Span[]; now: Instant | null }): void {
      if (now !== null) expireTouched.bySpans(spans, now);
      writeSpans(spans);
    },
    createFeedback(given: Feedback[]): void {
      for (const each of given) {
        expireTouched.byFeedback(each);
        feedback.create(each);
      }
    },
    deleteFeedback: feedback.remove,
    ...records,
    removeSome: removal.removeSome,
    ...createChatWrites(db, { mustFind, createThread: records.createThread }),
    ...content,
    writeCalls({ changes, now }: { changes: CallChange[]; now: Instant | null }): void {
      if (now !== null) {
        expireTouched.bySpans(spansOfStarts(changes), now);
        for (const [projectId, keys] of Map.groupBy(changes.map(keyOfChange), (key) => key.projectId)) {
          expireTouched.byCalls({ projectId, callIds: keys.map(({ callId }) => callId), below: false }, now);
        }
      }
      calls.writeCalls(changes);
    },
    deleteCalls(which: CallDeletion): string[] {
      expireTouched.byCalls({ ...which, below: true }, which.now);
      return calls.deleteCalls(which);
    },
    ...createKeyWrites(db),
    importEntries: createEntryImport(db, {
      writeSpans,
      writeCalls: calls.writeCalls,
      createFeedback: feedback.create,
      ...content,
    }),
  };
}

type WriteCommands = ReturnType<typeof createWriteCommands>;

export type WriteName = keyof WriteCommands;

/** What a command takes and gives back; both cross between threads. */
export type WriteInput<Name extends WriteName> = Parameters<WriteCommands[Name]>[0];
export type WriteResult<Name extends WriteName> = ReturnType<WriteCommands[Name]>;
