import { glob } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { parseJson } from "../src/model/json/parse.ts";

/** What a document is like, as far as its schema shows. */
export type Shape =
  | { kind: "object"; members: Record<string, Shape>; required: Set<string> }
  | { kind: "list"; item: Shape }
  | { kind: "union"; options: Shape[] }
  | { kind: "values"; values: unknown[] }
  | Leaf;

/** A value that cannot be looked into. */
interface Leaf {
  kind: "leaf";
  /** Whether the schema takes a value. */
  takes: (value: unknown) => boolean;
  /** Some values that it takes. */
  samples: unknown[];
}

/**
 * The shapes of all bodies and queries of REST requests: of whatever schema a module of the doors exports. Threads'
 * modules are left out, as they start to serve when they are loaded.
 */
export async function harvestShapes(): Promise<Map<string, Shape>> {
  const folder = join(import.meta.dirname, "../src/doors");
  const shapes = new Map<string, Shape>();
  for (const file of (await Array.fromAsync(glob("**/*.ts", { cwd: folder }))).sort()) {
    if (file.endsWith("-worker.ts")) continue;
    const module: Record<string, unknown> = await import(join(folder, file));
    for (const [name, exported] of Object.entries(module)) {
      if (!isSchema(exported)) continue;
      const shape = shapeOf(exported);
      if (shape.kind !== "leaf") shapes.set(`${file} ${name}`, shape);
    }
  }
  return shapes;
}

/** What of a schema can be seen: the types of the library's objects do not say what they wrap. */
interface Definition {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  options?: z.ZodType[];
  innerType?: z.ZodType;
  in?: z.ZodType;
  out?: z.ZodType;
  values?: unknown[];
  entries?: Record<string, unknown>;
}

function isSchema(value: unknown): value is z.ZodType {
  return typeof value === "object" && value !== null && "_zod" in value;
}

function shapeOf(schema: z.ZodType): Shape {
  return structureOf(schema) ?? leafOf(schema);
}

/** A value of each kind. */
const SAMPLES = [
  ...["text", "2026-01-01T00:00:00Z", 3, 0.5, true, {}, [], ["text"], [{}]],
  ...["00000000-0000-4000-8000-000000000000", ["00000000-0000-4000-8000-000000000000"]],
];

function leafOf(schema: z.ZodType): Leaf {
  // Doors check either plain values or exact ones, in which objects and numbers are as they were written.
  const isPlain = SAMPLES.some((value) => takesPlain(schema, value));
  const takes = (value: unknown) =>
    takesPlain(schema, value) || ((!isPlain || Array.isArray(value)) && takesExact(schema, value));
  // What takes some texts only says which, when it is given another.
  const refusal = JSON.stringify(schema.safeParse("?").error?.issues ?? []);
  const named = [...refusal.matchAll(/'([^']+)'/g)].map(([, text]) => text).filter(takes);
  return { kind: "leaf", takes, samples: named.length > 0 ? named : SAMPLES.filter(takes) };
}

/** What is inside; `undefined` where a schema shows nothing of it. */
function structureOf(schema: z.ZodType): Shape | undefined {
  const definition = schema._zod.def as unknown as Definition;
  switch (definition.type) {
    case "object": {
      const members = Object.entries(definition.shape!);
      return {
        kind: "object",
        members: Object.fromEntries(members.map(([name, member]) => [name, shapeOf(member)])),
        required: new Set(
          members.filter(([, member]) => !takesPlain(member, undefined)).map(([name]) => name),
        ),
      };
    }
    case "array":
      return { kind: "list", item: shapeOf(definition.element!) };
    case "union":
      return { kind: "union", options: definition.options!.map(shapeOf) };
    case "literal":
      return { kind: "values", values: definition.values! };
    case "enum":
      return { kind: "values", values: Object.values(definition.entries!) };
    case "pipe":
      return structureOf(definition.out!) ?? structureOf(definition.in!);
    default:
      return definition.innerType && structureOf(definition.innerType);
  }
}

function takesPlain(schema: z.ZodType, value: unknown): boolean {
  return schema.safeParse(value).success;
}

function takesExact(schema: z.ZodType, value: unknown): boolean {
  try {
    return schema.safeParse(parseJson(JSON.stringify(value), [])).success;
  } catch {
    // Not every value of ours can be stored.
    return false;
  }
}
