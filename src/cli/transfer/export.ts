import type { ProjectMover } from "../../store/roles/transfer.ts";
import { headerOf, printLine } from "./lines.ts";

/** Learns how far an export is: how many entries are written, of about how many. */
export type OnExported = (written: number, total: number) => void;

/**
 * Yields the text of what a project holds, some lines at a time, from one snapshot. Two stores that hold the same give
 * the same text.
 */
export async function* exportText(
  store: ProjectMover,
  project: string,
  onExported: OnExported,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  yield printLine(headerOf(project));
  let written = 0;
  for await (const { entries, total } of store.exportProject(project, signal ? { signal } : {})) {
    yield entries.map(printLine).join("");
    written += entries.length;
    onExported(written, Math.max(total, written));
  }
  yield printLine({ kind: "end", entries: written });
}
