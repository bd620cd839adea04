import type { SpanMessage } from "../../../model/traces/span.ts";
import {
  LONGEST_ESCAPE,
  textAtPlace,
  textPlace,
  textStartAtPlace,
} from "../../../model/transcripts/kept-message.ts";

/** What a message of a span says, as its columns have it. */
export interface SpanMessageRow extends SpanMessage {
  /** Where in the JSON the text stands; it is empty then. Null where it is the text. */
  textAt: number | null;
}

/** The columns of a `SpanMessageRow`. */
export const SPAN_MESSAGE = "role, text, json, text_at AS textAt";

export function toSpanMessage({ role, text, json, textAt }: SpanMessageRow): SpanMessage {
  return { role, text: textAt === null ? text : textAtPlace(json, textAt), json };
}

export function spanMessageRow({ role, text, json }: SpanMessage): SpanMessageRow {
  const textAt = textPlace(json, text);
  return { role, text: textAt === null ? text : "", json, textAt };
}

/** About how many bytes a message's text and JSON have together. */
export const SPAN_MESSAGE_SIZE = "octet_length(text) + octet_length(json) * iif(text_at IS NULL, 1, 2)";

/** How much of a text titles and previews can be made of, in characters. */
const START = 4000;

/** The start of a message's text, or of the JSON that it stands in. */
export interface StartRow {
  start: string;
  textAt: number | null;
}

/** The columns of a `StartRow`. */
export const SPAN_MESSAGE_START = `span_message.text_at AS textAt,
  iif(text_at IS NULL, substr(text, 1, ${START}), substr(json, 1, text_at + 1 + ${START * LONGEST_ESCAPE})) AS start`;

/** The start of a message's text, enough to make a title or a preview of. */
export function textStart({ start, textAt }: StartRow): string {
  return textAt === null ? start : textStartAtPlace(start, textAt);
}
