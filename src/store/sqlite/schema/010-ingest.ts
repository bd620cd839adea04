const KEYS = ["thread_id", "turn_count", "start_time", "last_updated", "p50", "p99"] as const;

/** Only threads with a turn have a start. One more turn rarely moves that, while it changes the count of turns. */
const steps = KEYS.map((key) => {
  const columns = key === "thread_id" ? "project, thread_id" : `project, ${key}, thread_id`;
  return `DROP INDEX thread_by_${key};
CREATE INDEX thread_by_${key} ON thread (${columns}) WHERE start_time IS NOT NULL;`;
});

/** Indexes of threads that most writes of spans can leave alone. */
export const INGEST = steps.join("\n");
