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
    .replace(/\s{2,}|[^\S ]/g, " ")
    .trim();
  const end = unitsOf(line, length);
  if (end >= line.length) return line;
  const lastSpace = line.lastIndexOf(" ", end);
  return `${line.slice(0, lastSpace > 0 ? lastSpace : end)}…`;
}

/** How many UTF-16 units so many characters at the start of a text are. */
function unitsOf(text: string, characters: number): number {
  let units = 0;
  for (let count = 0; count < characters && units < text.length; count++) {
    units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  }
  return units;
}
