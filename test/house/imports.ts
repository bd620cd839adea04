import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** An import of one file by another, both by their paths from the root. */
export interface Import {
  from: string;
  to: string;
  /** Only types are imported, so that nothing is left of it at run time. */
  isOfTypes: boolean;
}

const IMPORT = /(\b(?:import|export)\s+type\b[^;"]*)?\b(?:from|import)\s*\(?"(\.{1,2}\/[^"]+\.ts)"/g;

/** The imports of files of the project, those of types included. */
export function importsOf(files: readonly string[], root: string): Import[] {
  return files.flatMap((from) =>
    [...readFileSync(join(root, from), "utf8").matchAll(IMPORT)].map(([, types, path]) => ({
      from,
      to: normalize(join(dirname(from), path!)),
      isOfTypes: types !== undefined,
    })),
  );
}

/** What is wrong with an import by the rooms of the house; null if nothing is. */
export function faultOf(
  { from, to }: Import,
  {
    floors,
    apart,
    entrances,
  }: {
    floors: readonly (readonly string[])[];
    apart: readonly (readonly string[])[];
    entrances: readonly { room: string; from: readonly string[] }[];
  },
): string | null {
  for (const rooms of floors) {
    const [above, below] = [from, to].map((file) => rooms.findIndex((room) => isIn(file, room)));
    if (above !== -1 && below! > above!) return `${rooms[above!]} may not import from ${rooms[below!]}`;
  }
  for (const rooms of apart) {
    const [one, other] = [from, to].map((file) => rooms.find((room) => isIn(file, room)));
    if (one && other && one !== other) return `${one} may not import from ${other}`;
  }
  for (const entrance of entrances) {
    if (isIn(to, entrance.room) && !entrance.from.some((room) => isIn(from, room))) {
      return `${entrance.room} is imported by ${entrance.from.join(" and ")} only`;
    }
  }
  return null;
}

/** What is wrong with an import of a room that may import little at run time; null if nothing is. */
export function strayOf(
  { from, to, isOfTypes }: Import,
  { rooms, allowed }: { rooms: readonly string[]; allowed: readonly string[] },
): string | null {
  const isConfined = rooms.some((room) => isIn(from, room));
  if (isOfTypes || !isConfined || [...rooms, ...allowed].some((room) => isIn(to, room))) return null;
  return `beside types it may import from ${allowed.join(", ")} only`;
}

/** Files that import each other in a circle, as paths of the circle; empty if none do. */
export function circlesOf(imports: readonly Import[]): string[][] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const circles: string[][] = [];
  const walk = (file: string, path: string[]): void => {
    const start = path.indexOf(file);
    if (start !== -1) circles.push([...path.slice(start), file]);
    if (start !== -1 || done.has(file)) return;
    for (const { to } of next.get(file) ?? []) walk(to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) walk(file, []);
  return circles;
}

function isIn(file: string, room: string): boolean {
  return file === room || file.startsWith(`${room}/`);
}
