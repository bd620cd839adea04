import type { LogFn, Logger, LoggerOptions } from "pino";

/** Less severe entries are written only where someone asked for them, so they are not limited. */
const WARN = 40;

/** The process ends by these. */
const FATAL = 60;

const WINDOW_MS = 60_000;

/** More kinds than go wrong at once; those beyond share one. */
const MAX_KINDS = 100;
const OTHER = "other";

/** Keeps what goes wrong again and again from filling the log. */
export interface LogLimit {
  /** For the options of a logger. */
  hooks: Required<Pick<NonNullable<LoggerOptions["hooks"]>, "logMethod">>;
  /** Writes the counts that are not written yet. */
  close(): void;
}

/** Entries of one kind since the last that was written. */
interface Kind {
  leftOut: number;
  tell(): void;
  timer: NodeJS.Timeout;
}

/**
 * Limits a logger by kinds of entries: the first of a kind is written as it is; then one entry a minute says how many
 * others there were. After a minute without any, the next is a first one again. Entries are of one kind when they say the
 * same of the same class of error, raised at the same place.
 */
export function createLogLimit(): LogLimit {
  const kinds = new Map<string, Kind>();

  function add(name: string, write: (leftOut: number) => void): void {
    const kind: Kind = {
      leftOut: 0,
      tell() {
        if (kind.leftOut > 0) write(kind.leftOut);
        kind.leftOut = 0;
      },
      timer: setInterval(() => {
        if (kind.leftOut === 0) remove(name, kind);
        kind.tell();
      }, WINDOW_MS).unref(),
    };
    kinds.set(name, kind);
  }

  function remove(name: string, { timer }: Kind): void {
    clearInterval(timer);
    kinds.delete(name);
  }

  /** Whether an entry is of a kind that was just written; counts it then. */
  function isLeftOut(logger: Logger, entry: Parameters<LogFn>, write: LogFn, level: number): boolean {
    const { title, error, name } = describe(entry, level);
    const isNamed = kinds.has(name) || kinds.size < MAX_KINDS;
    const kind = kinds.get(isNamed ? name : OTHER);
    if (kind) kind.leftOut += 1;
    else if (isNamed)
      add(name, (more) => write.call(logger, error, `${title} … and ${more} more of this kind`));
    else add(OTHER, (more) => write.call(logger, {}, `… and ${more} more of other kinds`));
    return kind !== undefined;
  }

  function logMethod(this: Logger, entry: Parameters<LogFn>, write: LogFn, level: number): void {
    const isLimited = level >= WARN && level < FATAL;
    if (!isLimited || !isLeftOut(this, entry, write, level)) write.apply(this, entry);
  }

  return {
    hooks: { logMethod },
    close() {
      for (const [name, kind] of kinds) {
        remove(name, kind);
        kind.tell();
      }
    },
  };
}

/** What an entry says, its error as a field, and the name of its kind. */
function describe([first, second]: Parameters<LogFn>, level: number) {
  const { err, procedure } = first instanceof Error ? { err: first } : Object(first);
  const error = err instanceof Error ? err : null;
  const said = [first, second].find((text) => typeof text === "string");
  const place = error?.stack?.split("\n").find((line) => line.startsWith("    at "));
  return {
    title: said ?? error?.message ?? "",
    error: error ? { error: `${error.name}: ${error.message}` } : {},
    // Without the error's message: it may name what it is about, so that each would be of a kind of its own.
    name: JSON.stringify([level, said, procedure, error?.name, error && Reflect.get(error, "code"), place]),
  };
}
