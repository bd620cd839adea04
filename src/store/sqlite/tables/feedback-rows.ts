import { compareCodePoints } from "../../../model/base/code-points.ts";
import { AGENT_FEEDBACK_TYPES, type Feedback, type SpanFeedback } from "../../../model/feedback/feedback.ts";
import { AlreadyExistsError } from "../../errors.ts";
import { type Database, findProject, prepared } from "../connection/database.ts";
import { createProjectRows } from "./row-ids.ts";

interface FeedbackRow {
  createdAt: number;
  feedbackId: string;
  feedbackType: string;
  tags: string;
  ratings: string;
}

/** Makes the functions that store and remove feedback inside the caller's transaction. */
export function createFeedbackWrites(db: Database) {
  const projectOf = createProjectRows(db);
  const add = db.prepare(
    `INSERT INTO feedback (project, feedback_id, created_at, feedback_type, target_kind, target_id, weave_ref,
       creator, user_id, tags, ratings)
     VALUES ($project, $id, $createdAt, $feedbackType, $kind, $targetId, $weaveRef, $creator, $userId, $tags,
       $ratings)
     ON CONFLICT DO NOTHING`,
  );
  const addBody = db.prepare("INSERT INTO feedback_body (feedback, payload, extra) VALUES (?, ?, ?)");

  const removed =
    "SELECT id FROM feedback WHERE project = ? AND feedback_id IN (SELECT value FROM json_each(?))";
  const remove = [
    `DELETE FROM feedback_body WHERE feedback IN (${removed})`,
    `DELETE FROM feedback WHERE id IN (${removed})`,
  ].map((sql) => db.prepare<[number | null, string]>(sql));

  return {
    create(feedback: Feedback): void {
      const { id, createdAt, feedbackType, weaveRef, creator, userId, target } = feedback;
      const project = projectOf(feedback.projectId);
      const { changes, lastInsertRowid } = add.run({
        project,
        id,
        createdAt,
        feedbackType,
        kind: target.kind,
        targetId: target.id,
        weaveRef,
        creator,
        userId,
        tags: JSON.stringify(feedback.tags),
        ratings: JSON.stringify(feedback.ratings),
      });
      if (changes === 0) throw new AlreadyExistsError(`Feedback with id ${id} already exists`);
      addBody.run(lastInsertRowid, feedback.payloadJson, feedback.extraJson);
    },

    remove({ projectId, ids }: { projectId: string; ids: string[] }): void {
      const project = findProject(db, projectId);
      for (const statement of remove) statement.run(project, JSON.stringify(ids));
    },
  };
}

interface WholeRow {
  id: string;
  createdAt: number;
  feedbackType: string;
  targetKind: Feedback["target"]["kind"];
  targetId: string;
  weaveRef: string;
  creator: string | null;
  userId: string | null;
  tags: string;
  ratings: string;
  payloadJson: string;
  extraJson: string;
}

/** Makes the function that reads the feedback in a row, as it was written. */
export function createFeedbackRead(db: Database): (row: number) => Omit<Feedback, "projectId"> {
  const read = db.prepare<[number], WholeRow>(
    `SELECT feedback_id AS id, created_at AS createdAt, feedback_type AS feedbackType, target_kind AS targetKind,
       target_id AS targetId, weave_ref AS weaveRef, creator, user_id AS userId, tags, ratings, payload AS payloadJson,
       extra AS extraJson
     FROM feedback JOIN feedback_body ON feedback_body.feedback = feedback.id WHERE feedback.id = ?`,
  );
  return (row) => {
    const { targetKind, targetId, tags, ratings, ...said } = read.get(row)!;
    return {
      ...said,
      target: { kind: targetKind, id: targetId },
      tags: JSON.parse(tags) as string[],
      ratings: JSON.parse(ratings) as Feedback["ratings"],
    };
  };
}

/**
 * Makes the function that reads the feedback which shows beside the spans of a conversation: first that on the
 * conversation itself, then that on the turns of the traces given; each by (createdAt, id).
 */
export function createFeedbackReads(
  db: Database,
  project: number | null,
): (conversationId: string, traceIds: Iterable<string>) => SpanFeedback[] {
  const types = AGENT_FEEDBACK_TYPES.map((type) => `'${type}'`).join(", ");
  const hasAny = prepared<unknown>(
    db,
    "SELECT 1 FROM feedback INDEXED BY feedback_by_target WHERE project = ? AND target_kind = ? LIMIT 1",
  );
  const read = prepared<FeedbackRow>(
    db,
    `SELECT created_at AS createdAt, feedback_id AS feedbackId, feedback_type AS feedbackType, tags, ratings
     FROM feedback INDEXED BY feedback_by_target
     WHERE project = ? AND target_kind = ? AND target_id = ? AND feedback_type IN (${types})
     ORDER BY created_at, feedback_id`,
  );
  const hasOnConversations = project !== null && hasAny.get(project, "conversation") !== undefined;
  const hasOnTurns = project !== null && hasAny.get(project, "turn") !== undefined;

  return (conversationId, traceIds) => {
    const onConversation = hasOnConversations ? read.all(project, "conversation", conversationId) : [];
    const onTurns = hasOnTurns
      ? [...traceIds].flatMap((traceId) =>
          read.all(project, "turn", traceId).map((row) => ({ row, traceId })),
        )
      : [];
    onTurns.sort((a, b) => byCreation(a.row, b.row));
    return [
      ...onConversation.map((row) => toSpanFeedback(row, null)),
      ...onTurns.map(({ row, traceId }) => toSpanFeedback(row, traceId)),
    ];
  };
}

function byCreation(a: FeedbackRow, b: FeedbackRow): number {
  return a.createdAt - b.createdAt || compareCodePoints(a.feedbackId, b.feedbackId);
}

function toSpanFeedback(row: FeedbackRow, traceId: string | null): SpanFeedback {
  const { feedbackType, tags, ratings } = row;
  return { traceId, feedbackType, tags: JSON.parse(tags), ratings: JSON.parse(ratings) };
}
