import type { Derivation } from "../roles/derivation.ts";

/** How much time passes between two lines on the progress, in milliseconds. */
const LINE_MS = 10_000;

/** Makes what logs the progress of derivations: a line when they begin, one now and then, and one when all is done. */
export function createDerivationLog(
  inform: (line: string) => void,
  now: () => number = Date.now,
): (left: Derivation[]) => void {
  let toldAt: number | null = null;
  return (left) => {
    const parts = left.map(({ part, percent }) => `${part} ${percent} %`).join(", ");
    if (left.length === 0) {
      inform("all that is stored is by the rules of this version");
      toldAt = null;
    } else if (toldAt === null) {
      inform(`what older rules made of what is stored is derived again in the background: ${parts}`);
      toldAt = now();
    } else if (now() - toldAt >= LINE_MS) {
      inform(`still derived again: ${parts}`);
      toldAt = now();
    }
  };
}
