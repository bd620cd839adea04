import { parseJsonObject } from "../../model/json/parse.ts";
import type { Span } from "../../model/span.ts";
import { createCheckpointWrites } from "./checkpoint-rows.ts";
import type { Database } from "./database.ts";
import type { RecordRow } from "./record-rows.ts";
import { readDocument } from "./record-rows.ts";
import { createTermWrites } from "./record-terms.ts";
import { createTraceRemoval } from "./remove-trace.ts";

/**
 * Makes the function that removes a thread with all it holds, inside the caller's transaction. A trace that others
 * share is taken out whole, and what of it belongs elsewhere is written anew: so all that follows from it is as if the
 * thread's spans had never come.
 *
 * Costs what the thread holds, and the traces it shares.
 */
export function createThreadRemoval(
  db: Database,
  writeSpans: (spans: Span[]) => void,
  removeChat: (thread: number) => void,
): (row: RecordRow) => void {
  const writeTerms = createTermWrites(db);
  const checkpoints = createCheckpointWrites(db);
  const removeTraces = createTraceRemoval(db);
  const removeMetadata = db.prepare<[number]>("DELETE FROM thread_metadata WHERE thread = ?");
  const removeFeedbackBodies = db.prepare<[number, string]>(
    `DELETE FROM feedback_body WHERE feedback IN
       (SELECT id FROM feedback WHERE project = ? AND target_kind = 'conversation' AND target_id = ?)`,
  );
  const removeFeedback = db.prepare<[number, string]>(
    "DELETE FROM feedback WHERE project = ? AND target_kind = 'conversation' AND target_id = ?",
  );
  const blank = db.prepare<[number]>(
    `UPDATE thread SET made_at = NULL, changed_at = NULL, state_changed_at = NULL, status = 2, head = NULL,
       ttl_strategy = NULL, ttl_minutes = NULL, expires_at = NULL, span_count = 0, input_tokens = 0, output_tokens = 0,
       turn_count = 0, ended_count = 0, start_time = NULL, first_turn_id = NULL, last_updated = NULL,
       last_turn_id = NULL, p50 = NULL, p99 = NULL, p50_duration = 0, p50_turn = 0, p50_below = 0, p99_duration = 0,
       p99_turn = 0, p99_below = 0
     WHERE id = ?`,
  );
  const calls = "SELECT id FROM call WHERE project = ? AND thread_id = ?";
  const removeCalls = [
    `DELETE FROM call_body WHERE call IN (${calls})`,
    "DELETE FROM call WHERE project = ? AND thread_id = ?",
  ].map((sql) => db.prepare<[number, string]>(sql));
  // The row stays while a span names it.
  const remove = db.prepare<[{ id: number }]>(
    `DELETE FROM thread WHERE id = $id AND listed IS NULL AND NOT EXISTS (
       SELECT 1 FROM span INDEXED BY span_by_vain_claim
       WHERE claim_thread = $id AND claim_thread IS NOT NULL AND thread IS NOT claim_thread)`,
  );

  return (row) => {
    const { id, project, threadId } = row;
    for (const document of ["metadata", "values"] as const) {
      const text = readDocument(db, id, document);
      if (text !== null) writeTerms(row, document, parseJsonObject(text, [document]), null);
    }
    checkpoints.removeBut(id, null);
    removeMetadata.run(id);
    removeChat(id);
    removeFeedbackBodies.run(project, threadId);
    removeFeedback.run(project, threadId);
    for (const statement of removeCalls) statement.run(project, threadId);
    const others = removeTraces(row);
    blank.run(id);
    if (others.length > 0) writeSpans(others);
    remove.run({ id });
  };
}
