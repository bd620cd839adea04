/** About how long a title made of a message is, in characters. */
const TITLE_LENGTH = 60;

/** About how much of the latest message a list shows, in characters. */
const PREVIEW_LENGTH = 140;

/** The title of a thread whose first user message this is, cut at a word; null if it has no text. */
export function titleFrom(text: string): string | null {
  return cutAtWord(text, TITLE_LENGTH) || null;
}

/** What a list shows of a message. */
export function previewOf(text: string): string {
  return cutAtWord(text, PREVIEW_LENGTH);
}

/** The text on one line; if it is longer, its whole words up to the length and an ellipsis. */
function cutAtWord(text: string, length: number): string {
  // White space collapses, but a text of megabytes need not be looked at to its end.
  const line = text
    .slice(0, length * 20)
    .replace(/\s+/g, " ")
    .trim();
  const characters = Array.from(line);
  if (characters.length <= length) return line;
  const cut = characters.slice(0, length + 1).join("");
  const lastSpace = cut.lastIndexOf(" ");
  const kept = lastSpace > 0 ? cut.slice(0, lastSpace) : characters.slice(0, length).join("");
  return `${kept}…`;
}
