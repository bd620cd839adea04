/** The start of a message's text, enough to make a title or a preview of. */
export const MESSAGE_START = "substr(span_message.text, 1, 4000)";
