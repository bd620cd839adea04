import { foreignIn } from "./lines.ts";
import { readLines } from "./read-lines.ts";

/**
 * Looks through a file of an export for lines of another version or of an unknown kind, which a newer Skein writes, so that
 * nothing of such a file is stored. What else may be wrong with a line is found when it is read. Takes little more time
 * than reading the file.
 *
 * @throws Error with one line for people, which names the file and the line
 */
export async function checkKinds(file: string, signal?: AbortSignal): Promise<void> {
  let number = 0;
  for await (const { bytes, isWhole } of readLines(file, signal)) {
    number += 1;
    const foreign = isWhole ? foreignIn(bytes) : null;
    if (foreign !== null) throw new Error(`${file}:${number}: ${foreign}`);
  }
}
