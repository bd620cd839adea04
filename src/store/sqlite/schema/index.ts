import { SPANS } from "./001-spans.ts";
import { RECORDS } from "./002-records.ts";
import { KEYS } from "./003-keys.ts";
import { CALLS } from "./004-calls.ts";
import { OBJECTS } from "./005-objects.ts";
import { CHAT } from "./006-chat.ts";
import { EXPIRY } from "./007-expiry.ts";
import { FEEDBACK } from "./008-feedback.ts";
import { CALL_QUERY } from "./009-call-query.ts";
import { INGEST } from "./010-ingest.ts";
import { BACKLOG } from "./011-backlog.ts";
import { DERIVATIONS } from "./012-derivations.ts";
import { NO_TRIGGERS } from "./013-no-triggers.ts";
import { AGENT_LEVEL } from "./014-agent-level.ts";
import { TEXT_PLACES } from "./015-text-places.ts";

/**
 * The schema, as the steps that lead to it. A step is never changed once released: a new one is added at the end. What
 * follows from rows by more than SQL can say is derived after the file is open (writes/derive/derive-slices.ts).
 *
 * Tables have rowids and their text keys a unique index (twice the insert speed of WITHOUT ROWID). What a list scans
 * is narrow; what can be big stands in a table of its own. Times are microseconds since the epoch.
 */
export const MIGRATIONS: readonly string[] = [
  SPANS,
  RECORDS,
  KEYS,
  EXPIRY,
  CALLS,
  OBJECTS,
  CHAT,
  INGEST,
  CALL_QUERY,
  FEEDBACK,
  BACKLOG,
  DERIVATIONS,
  NO_TRIGGERS,
  AGENT_LEVEL,
  TEXT_PLACES,
];
