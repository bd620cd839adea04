import type { Instant } from "../../../../model/base/instant.ts";
import type { Feedback } from "../../../../model/feedback/feedback.ts";
import { type Touched, touchedByFeedback, touchedBySpans } from "../../../../model/threads/touch.ts";
import type { Span } from "../../../../model/traces/span.ts";
import { type Database, findProject } from "../../connection/database.ts";
import { CALLS_BELOW } from "../../tables/calls-below.ts";
import { hidesAny } from "../../tables/hidden-threads.ts";
import { createStoredThreads, type StoredThread } from "../../tables/thread-rows.ts";

/** Removes the threads that a write touches and whose time is up, inside the caller's transaction, before the write. */
export interface Expiry {
  /** Those that the spans claim, and those with spans in their traces. */
  bySpans(spans: Span[], now: Instant): void;
  /** Those that calls are stored as part of, and where asked for the calls below them. */
  byCalls(calls: { projectId: string; callIds: string[]; below: boolean }, now: Instant): void;
  /** The conversation that feedback is on. */
  byFeedback(feedback: Feedback): void;
}

/** Costs a look-up a project while no thread's time is up, else one for each thread and trace that is touched. */
export function createExpiry(db: Database, removeThread: (thread: StoredThread) => void): Expiry {
  const threads = createStoredThreads(db);
  const next = db
    .prepare<{ project: number; now: Instant; threadIds: string; traceIds: string }, number>(
      `SELECT thread.id FROM (
         SELECT named.id FROM json_each($threadIds) CROSS JOIN thread AS named
           ON named.project = $project AND named.thread_id = value
         UNION SELECT part.thread FROM json_each($traceIds)
           CROSS JOIN trace ON trace.project = $project AND trace.trace_id = value
           CROSS JOIN part ON part.trace = trace.id
       ) AS touched CROSS JOIN thread ON thread.id = touched.id
       WHERE thread.expires_at <= $now AND thread.ttl_strategy = 'delete' LIMIT 1`,
    )
    .pluck();

  const threadsOfCalls = db
    .prepare<{ project: number; callIds: string; below: number }, string>(
      `${CALLS_BELOW} SELECT DISTINCT thread_id FROM below JOIN call USING (call_id)
       WHERE call.project = $project AND thread_id IS NOT NULL`,
    )
    .pluck();

  /** The row of a project in which any thread's time is up. */
  function projectToExpire(projectId: string, now: Instant): number | null {
    const project = findProject(db, projectId);
    return project !== null && hidesAny(db, project, now) ? project : null;
  }

  function expire(projectId: string, { threadIds, traceIds }: Touched, now: Instant): void {
    const project = projectToExpire(projectId, now);
    if (project === null) return;
    const texts = { threadIds: JSON.stringify(threadIds), traceIds: JSON.stringify(traceIds) };
    for (;;) {
      const thread = next.get({ project, now, ...texts });
      if (thread === undefined) return;
      removeThread(threads.at(thread)!);
    }
  }

  return {
    bySpans(spans, now) {
      for (const [projectId, touched] of touchedBySpans(spans)) expire(projectId, touched, now);
    },
    byCalls({ projectId, callIds, below }, now) {
      const project = projectToExpire(projectId, now);
      if (project === null) return;
      const named = { project, callIds: JSON.stringify(callIds), below: Number(below) };
      expire(projectId, { threadIds: threadsOfCalls.all(named), traceIds: [] }, now);
    },
    byFeedback({ projectId, target, createdAt }) {
      expire(projectId, touchedByFeedback(target), createdAt);
    },
  };
}
