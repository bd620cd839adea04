import { z } from "zod";
import { quoted } from "../../model/base/quoted.ts";
import { ENTRY_SCHEMAS } from "./entry-schema.ts";

/**
 * The version of the format. It rises with every change to what a line may say, at most once a release; what an earlier one
 * wrote is read for ever (test/fixtures/exports has a file of each), what a later one wrote is refused.
 */
const FORMAT_VERSION = 2;

/** The first line of what a project holds. */
const header = z.strictObject({
  kind: z.literal("project"),
  format: z.literal("skein-export"),
  version: z.int().min(1).max(FORMAT_VERSION),
  project: z.string().min(1),
});

/** The last line of it: without it the file is not whole. */
const end = z.strictObject({ kind: z.literal("end"), entries: z.int() });

const line = z.discriminatedUnion("kind", [header, ...ENTRY_SCHEMAS, end]);

const KINDS = new Set<unknown>(line.options.map(({ shape }) => shape.kind.value));

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
  const otherVersion = otherVersionOf(value);
  if (otherVersion !== null) throw new LineError(otherVersion);
  const result = z.safeDecode(line, value as z.input<typeof line>);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new LineError(path.length === 0 ? message : `${path.join(".")}: ${message}`);
}

/** What is wrong with a line. */
export class LineError extends Error {
  override readonly name = "LineError";
}

/** How a line of what a project holds begins, as Skein writes it. */
const START = /^\{"kind":"(\w+)"/;
const START_BYTES = 32;

/**
 * Why a line is from a newer Skein: another version, or a kind that is not known; null where it is not, or is no JSON. A
 * line that begins as Skein writes them is not parsed.
 */
export function foreignIn(bytes: Buffer): string | null {
  const [, kind] = START.exec(bytes.toString("latin1", 0, START_BYTES)) ?? [];
  if (kind !== undefined && kind !== "project" && KINDS.has(kind)) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return otherVersionOf(value) ?? unknownKindOf(value);
  } catch {
    return null;
  }
}

function otherVersionOf(value: unknown): string | null {
  const { kind, format, version } = (value ?? {}) as Record<string, unknown>;
  if (kind !== "project" || format !== "skein-export") return null;
  if (header.shape.version.safeParse(version).success) return null;
  const told = quoted(JSON.stringify(version) ?? "none");
  return `it has version ${told} of the format, and this Skein reads 1 to ${FORMAT_VERSION} only`;
}

function unknownKindOf(value: unknown): string | null {
  const { kind } = (value ?? {}) as Record<string, unknown>;
  if (typeof kind !== "string" || KINDS.has(kind)) return null;
  return `it has a line of kind "${quoted(kind)}", which this Skein does not know`;
}
