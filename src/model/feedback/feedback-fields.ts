import { formatInstant } from "../base/instant.ts";
import { memberTexts } from "../json/members.ts";
import { printJson, printMemberTexts } from "../json/print.ts";
import type { JsonValue } from "../json/value.ts";
import { parseDocument, valueAt } from "../query/expression/document.ts";
import type { FieldKinds, FieldPath, Fields } from "../query/expression/expression.ts";
import type { Feedback } from "./feedback.ts";

/** What says how a field of feedback is as JSON text; `extra` gives what else the client sent, if it sent that. */
type Print = (feedback: Feedback, extra: (name: string) => string | undefined) => string;

/** The fields of feedback that stand in its row. */
const ROW_FIELDS = {
  id: ({ id }) => JSON.stringify(id),
  project_id: ({ projectId }) => JSON.stringify(projectId),
  weave_ref: ({ weaveRef }) => JSON.stringify(weaveRef),
  wb_user_id: ({ userId }) => JSON.stringify(userId),
  creator: ({ creator }) => JSON.stringify(creator),
  created_at: ({ createdAt }) => `"${formatInstant(createdAt)}"`,
  feedback_type: ({ feedbackType }) => JSON.stringify(feedbackType),
  scorer_tags: ({ tags }) => JSON.stringify(tags),
  scorer_ratings: ({ ratings }) => byName(ratings.map(({ name, value }) => [name, value])),
  scorer_rating_reasons: ({ ratings }) => byName(ratings.map(({ name, reason }) => [name, reason])),
  scorer_rating_confidences: ({ ratings }) =>
    byName(ratings.map(({ name, confidence }) => [name, confidence])),
} satisfies Record<string, Print>;

/** Those that stand in its body; what the client did not say has the value that Weave's readers expect then. */
const BODY_FIELDS = {
  payload: ({ payloadJson }) => payloadJson,
  annotation_ref: orElse("annotation_ref", "null"),
  runnable_ref: orElse("runnable_ref", "null"),
  call_ref: orElse("call_ref", "null"),
  trigger_ref: orElse("trigger_ref", "null"),
  queue_id: orElse("queue_id", "null"),
  scorer_tag_reasons: orElse("scorer_tag_reasons", "{}"),
  scorer_tag_confidences: orElse("scorer_tag_confidences", "{}"),
  span_agent_name: orElse("span_agent_name", '""'),
  span_agent_version: orElse("span_agent_version", '""'),
  span_status_code: orElse("span_status_code", '"UNSET"'),
  span_conversation_id: ({ target }, extra) =>
    target.kind === "conversation" ? JSON.stringify(target.id) : (extra("span_conversation_id") ?? '""'),
  span_trace_id: ({ target }, extra) =>
    target.kind === "turn" ? JSON.stringify(target.id) : (extra("span_trace_id") ?? '""'),
} satisfies Record<string, Print>;

const FIELDS: Record<string, Print> = { ...ROW_FIELDS, ...BODY_FIELDS };

const DOCUMENTS = [
  "payload",
  "scorer_tags",
  "scorer_ratings",
  "scorer_rating_reasons",
  "scorer_rating_confidences",
  "scorer_tag_reasons",
  "scorer_tag_confidences",
];

/** The fields of feedback that readers can ask for and speak of. */
export const FEEDBACK_FIELDS: FieldKinds = new Map(
  Object.keys(FIELDS).map((name) => {
    if (name === "created_at") return [name, "moment"];
    return [name, DOCUMENTS.includes(name) ? "document" : "scalar"];
  }),
);

/** Whether a path leads to a document, or into one. */
export function isDocument([name]: FieldPath): boolean {
  return FEEDBACK_FIELDS.get(name!) === "document";
}

/** Whether a field cannot be told without the feedback's body. */
export function isInBody([name]: FieldPath): boolean {
  return Object.hasOwn(BODY_FIELDS, name!);
}

/**
 * One piece of feedback, to be asked for its fields: as values (documents are parsed once, when first asked for), or as
 * JSON text, each as it came where it is asked for whole.
 */
export function readFeedback(feedback: Feedback): { fields: Fields; text(path: FieldPath): string } {
  const extra = memberTexts(feedback.extraJson);
  const said = (name: string) => extra.get(name);
  const print = (name: string) => FIELDS[name]!(feedback, said);
  const parsed = new Map<string, JsonValue>();

  function read(path: FieldPath): JsonValue {
    const [name, ...steps] = path as [string, ...string[]];
    if (!parsed.has(name)) parsed.set(name, parseDocument(print(name), name));
    return valueAt(parsed.get(name)!, steps);
  }

  return {
    fields: (path) => (path[0] === "created_at" ? { instant: feedback.createdAt } : read(path)),
    text: (path) => (path.length === 1 ? print(path[0]!) : printJson(read(path))),
  };
}

function orElse(name: string, absent: string): Print {
  return (_feedback, extra) => extra(name) ?? absent;
}

/** The text of an object of what there is of some names. */
function byName(entries: [string, string | number | null][]): string {
  const given = entries.filter(([, value]) => value !== null);
  return printMemberTexts(given.map(([name, value]) => [name, JSON.stringify(value)]));
}
