/** A message of a span, and the start of its text. */
export interface MessageStart {
  id: number;
  start: string;
}

/** The columns of that; the start is enough to make a title or a preview of. */
export const MESSAGE_START = "span_message.id, substr(span_message.text, 1, 4000) AS start";
