import type { Input } from "./input.ts";

/** A failure of the server, and what was sent before it. */
export interface Failure {
  /** The same for each failure of a kind: only the first of a kind is kept. */
  kind: string;
  /** What was seen, for people. */
  text: string;
  /** The input that did it; where several may have, all of those, in their order. */
  inputs: Input[];
  /** The numbers of the inputs. */
  numbers: number[];
}

/** Failures by their kinds, and how often each came. */
export interface Failures {
  add(failure: Failure): void;
  /** The first of each kind, with the count of all. */
  list(): (Failure & { count: number })[];
}

export function createFailures(): Failures {
  const byKind = new Map<string, Failure & { count: number }>();
  return {
    add(failure) {
      const known = byKind.get(failure.kind);
      if (known) known.count += 1;
      else byKind.set(failure.kind, { ...failure, count: 1 });
    },
    list: () => [...byKind.values()],
  };
}

/** What a line of the log is about: its message and the error in it, without what differs each time. */
export function kindOfLine(line: string): string {
  try {
    const { msg, err, procedure } = JSON.parse(line) as Record<string, unknown>;
    const { type, message, stack } = (err ?? {}) as Record<string, string | undefined>;
    const place = /\n +at [^\n]*?(\w[\w-]*\.[tj]s)/.exec(stack ?? "")?.[1] ?? "";
    return plain([msg, procedure, type, message, place].filter(Boolean).join(" | "));
  } catch {
    return plain(line.split("\n", 1)[0]!);
  }
}

function plain(text: string): string {
  return text.replaceAll(/[\da-f]{6,}|\d+/gi, "#").slice(0, 160);
}
