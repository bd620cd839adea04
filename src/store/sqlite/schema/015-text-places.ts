/** Messages of spans that say their text once. */
export const TEXT_PLACES = `
-- Where in the JSON the text stands (textPlace of model/transcripts/kept-message.ts), which is empty in its own column
-- then; null where it is there.
ALTER TABLE span_message ADD COLUMN text_at INTEGER;
`;
