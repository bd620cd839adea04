/** A chat's title from what a user said: about 60 characters of it; null if there are none. */
export function titleOf(text: string): string | null {
  return shortened(text, 60) || null;
}

/** What a list shows of a message: about 140 characters. */
export function previewOf(text: string): string {
  return shortened(text, 140);
}

/** The words of a text in one line, as many as fit; of a single long word its beginning. */
function shortened(text: string, length: number): string {
  const line = text.trim().replace(/\s+/g, " ");
  if ([...line].length <= length) return line;
  const [first, ...words] = line.split(" ");
  let short = [...first!].slice(0, length).join("");
  for (const word of words) {
    if ([...`${short} ${word}`].length > length) break;
    short += ` ${word}`;
  }
  return `${short}…`;
}
