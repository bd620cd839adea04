import type { TransferEntry } from "../../model/transfer.ts";
import { type Line, LineError, parseLine } from "./lines.ts";
import { type RawLine, readLines } from "./read-lines.ts";

/** What a batch holds, but for a file or table that alone is larger: entries, and bytes of their lines. */
const BATCH_ENTRIES = 200;
const BATCH_BYTES = 1024 * 1024;

/** Entries of one project. Stretches of a file or table are all in one batch. */
export interface EntryBatch {
  project: string;
  /** The number of the line that names it. */
  projectLine: number;
  entries: TransferEntry[];
  /** The numbers of their lines. */
  firstLine: number;
  lastLine: number;
  /** Where they end in the file, in bytes from its start. */
  end: number;
}

/**
 * Yields what a file of an export holds, while it reads it.
 *
 * @throws Error with one line for people, which names the file and the line, when the file is no export, of another
 *   version, broken or cut off
 */
export async function* readBatches(file: string, signal?: AbortSignal): AsyncGenerator<EntryBatch> {
  let project: { name: string; line: number; entries: number } | null = null;
  let batch: TransferEntry[] = [];
  let bytes = 0;
  let number = 0;

  const fail = (why: string): never => {
    throw new Error(`${file}:${number}: ${why}`);
  };
  const cut = (lastLine: number, end: number): EntryBatch => {
    const entries = batch;
    [batch, bytes] = [[], 0];
    const { name, line: projectLine } = project!;
    return { project: name, projectLine, entries, firstLine: lastLine - entries.length + 1, lastLine, end };
  };

  for await (const raw of readLines(file, signal)) {
    number += 1;
    const line = readLine(raw, number, fail);
    switch (line.kind) {
      case "project":
        if (project !== null) fail(`the project "${project.name}" has no end`);
        project = { name: line.project, line: number, entries: 0 };
        break;
      case "end":
        if (project === null) return fail("there is no project to end");
        if (line.entries !== project.entries) {
          fail(`the project should have ${line.entries} entries, but there are ${project.entries}`);
        }
        if (batch.length > 0) yield cut(number - 1, raw.end);
        project = null;
        break;
      default: {
        if (project === null) return fail("an entry before the line that names its project");
        batch.push(line);
        project.entries += 1;
        bytes += raw.bytes.length;
        const isOpen = "continues" in line && line.continues;
        if (!isOpen && (batch.length >= BATCH_ENTRIES || bytes >= BATCH_BYTES)) yield cut(number, raw.end);
      }
    }
  }
  if (number === 0) throw new Error(`${file} is empty, and no export`);
  if (project !== null) throw new Error(`${file} is cut off after line ${number}: the export is not whole`);
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function readLine({ bytes, isWhole }: RawLine, number: number, fail: (why: string) => never): Line {
  try {
    const line = parseLine(utf8.decode(bytes));
    if (number === 1 && line.kind !== "project") fail("this is no export: it does not begin with a project");
    return line;
  } catch (error) {
    if (!isWhole) return fail("the file is cut off in this line: the export is not whole");
    if (error instanceof TypeError) return fail("this is no UTF-8");
    if (error instanceof LineError)
      return fail(number === 1 ? `this is no export: ${error.message}` : error.message);
    throw error;
  }
}
