import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");

/** A line of a printed table: its cells by the names of their columns. */
export type TableRow = Record<string, string>;

/** Runs a benchmark as a person does; fails unless it ends with code 0. Resolves with the tables it printed. */
export async function runBench(name: string, ...args: string[]): Promise<TableRow[][]> {
  const file = join(root, "bench", `${name}.ts`);
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { cwd: root });
  return tablesIn(stdout);
}

/** The tables in what `console.table` printed. */
function tablesIn(output: string): TableRow[][] {
  const tables: string[][][] = [];
  for (const line of output.split("\n")) {
    if (line.startsWith("┌")) tables.push([]);
    if (line.startsWith("│")) tables.at(-1)!.push(line.split("│").slice(1, -1).map(cellText));
  }
  return tables.map(([names, ...rows]) =>
    rows.map((cells) => Object.fromEntries(cells.map((cell, column) => [names![column]!, cell]))),
  );
}

/** A cell's text without the quotes that texts are printed in. */
function cellText(cell: string): string {
  const text = cell.trim();
  return /^(['"`]).*\1$/.test(text) ? text.slice(1, -1) : text;
}
