import { StoreUnavailableError } from "../../errors.ts";
import { type DatabaseFiles, lookAtFiles } from "./file-identity.ts";

/** How often the files are looked at, and how long writes pause before the next one has them looked at. */
const INTERVAL_MS = 1000;

/** Is told what is wrong with the files, or null when nothing is. */
type Listener = (trouble: string | null) => void;

/** Knows whether what is written still arrives in the files that have the database's names. */
export interface FileWatch {
  /** Raises `StoreUnavailableError` while a file is lost. */
  mustBeThere(): void;
  /** The same for a write that is committed and about to be acknowledged; after an idle second it looks anew. */
  confirmWrite(): void;
  /** Looks at once. Returns what is wrong, or null. */
  look(): string | null;
  /** Tells the listener what is wrong, now and at every change; returns what ends that. */
  listen(listener: Listener): () => void;
  close(): void;
}

/**
 * Looks at the files of a database every second. On a mount that numbers its files anew it ends, with one warning,
 * since there nothing can be told.
 */
export function createFileWatch(files: DatabaseFiles, warn: (line: string) => void): FileWatch {
  const listeners = new Set<Listener>();
  let isOn = true;
  let trouble: string | null = null;
  let lastWrite = Number.NEGATIVE_INFINITY;
  const timer = setInterval(look, INTERVAL_MS).unref();

  function look(): string | null {
    if (!isOn) return null;
    const sight = lookAtFiles(files);
    if (sight.kind === "renumbered") {
      isOn = false;
      clearInterval(timer);
      warn(
        "the database's files have other numbers than when they were opened: they were replaced, or their mount numbers " +
          "files anew; from here on nobody watches whether they are (restart Skein if they were)",
      );
    }
    const now = sight.kind === "lost" ? sight.line : null;
    if (now !== trouble) {
      trouble = now;
      for (const listener of listeners) listener(trouble);
    }
    return trouble;
  }

  function mustBeThere(): void {
    if (trouble !== null) throw new StoreUnavailableError(trouble);
  }

  return {
    mustBeThere,
    confirmWrite() {
      const now = performance.now();
      if (now - lastWrite >= INTERVAL_MS) look();
      lastWrite = now;
      mustBeThere();
    },
    look,
    listen(listener) {
      listener(trouble);
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      clearInterval(timer);
      listeners.clear();
    },
  };
}
