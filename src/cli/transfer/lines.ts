import { z } from "zod";
import { ENTRY_SCHEMAS } from "./entry-schema.ts";

/** The version of the format. Another one is refused, so it changes with every change to what a line may say. */
const FORMAT_VERSION = 1;

/** The first line of what a project holds. */
const header = z.strictObject({
  kind: z.literal("project"),
  format: z.literal("skein-export"),
  version: z.literal(FORMAT_VERSION),
  project: z.string().min(1),
});

/** The last line of it: without it the file is not whole. */
const end = z.strictObject({ kind: z.literal("end"), entries: z.int() });

const line = z.discriminatedUnion("kind", [header, ...ENTRY_SCHEMAS, end]);

/** A line of an export. A file is any number of projects, each a header, its entries and an end. */
export type Line = z.output<typeof line>;

/** Prints a line, with its end; equal lines are equal texts. */
export function printLine(given: Line): string {
  return `${JSON.stringify(z.encode(line, given))}\n`;
}

/** The header of a project. */
export function headerOf(project: string): Line {
  return { kind: "project", format: "skein-export", version: FORMAT_VERSION, project };
}

/**
 * Reads a line.
 *
 * @throws LineError when it is none of this format
 */
export function parseLine(written: string): Line {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch (error) {
    throw new LineError(`not JSON: ${(error as Error).message}`);
  }
  refuseOtherVersions(value);
  const result = z.safeDecode(line, value as z.input<typeof line>);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new LineError(path.length === 0 ? message : `${path.join(".")}: ${message}`);
}

/** What is wrong with a line. */
export class LineError extends Error {
  override readonly name = "LineError";
}

function refuseOtherVersions(value: unknown): void {
  const { kind, format, version } = (value ?? {}) as Record<string, unknown>;
  if (kind === "project" && format === "skein-export" && version !== FORMAT_VERSION) {
    throw new LineError(
      `it has version ${version} of the format, and this Skein reads ${FORMAT_VERSION} only`,
    );
  }
}
