import { callCountRead, callsRead } from "./calls/call-query.ts";
import { chatRead, chatsRead } from "./chats/chat-query.ts";
import { messagesRead } from "./chats/message-query.ts";
import { filePieceRead, fileRead, tableRowsRead, tableSizeRead } from "./content/content-reads.ts";
import { foundObjectsRead, objectRead, objectsRead } from "./content/object-reads.ts";
import type { Read } from "./define-read.ts";
import { exportRead } from "./export/export-pages.ts";
import { isEmptyRead, projectsRead } from "./export/project-lookups.ts";
import { feedbackRead } from "./feedback/feedback-query.ts";
import { recordCountRead, recordsRead } from "./records/record-pages.ts";
import { stateRead, statesRead } from "./records/state-query.ts";
import { expiredRead, threadRead } from "./records/thread-lookups.ts";
import { spansRead } from "./spans/span-query.ts";
import { threadsRead } from "./threads/thread-query.ts";
import { turnsRead } from "./turns/turn-query.ts";

/** All reads of the store. The reader workers serve these, by their names. */
export const READS: readonly Read<never, unknown>[] = [
  threadsRead,
  spansRead,
  turnsRead,
  threadRead,
  recordsRead,
  recordCountRead,
  expiredRead,
  stateRead,
  statesRead,
  chatRead,
  chatsRead,
  messagesRead,
  callsRead,
  callCountRead,
  feedbackRead,
  fileRead,
  filePieceRead,
  objectRead,
  foundObjectsRead,
  objectsRead,
  tableSizeRead,
  tableRowsRead,
  projectsRead,
  isEmptyRead,
  exportRead,
];
