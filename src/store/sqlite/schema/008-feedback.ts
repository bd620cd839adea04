/** Feedback by what it is on and by its type; and what removed versions of objects leave: the number that the next one gets. */
export const FEEDBACK = `
CREATE INDEX feedback_by_ref ON feedback (project, weave_ref, created_at, feedback_id);
CREATE INDEX feedback_by_type ON feedback (project, feedback_type, created_at, feedback_id);

CREATE TABLE removed_object (
  project INTEGER NOT NULL,
  object_id TEXT NOT NULL,
  next_index INTEGER NOT NULL
);
CREATE UNIQUE INDEX removed_object_by_key ON removed_object (project, object_id);
`;
