import { printLine } from "../../src/cli/transfer/lines.ts";
import type { TransferEntry } from "../../src/model/transfer.ts";
import type { ProjectMover } from "../../src/store/roles/transfer.ts";

/** All entries of a project. */
export async function readEntries(store: ProjectMover, projectId: string): Promise<TransferEntry[]> {
  return (await Array.fromAsync(store.exportProject(projectId))).flatMap(({ entries }) => entries);
}

/** What an export says of a project, a line an entry. */
export async function readLines(store: ProjectMover, projectId: string): Promise<string[]> {
  return (await readEntries(store, projectId)).map(printLine);
}
