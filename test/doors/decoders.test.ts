import { globSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decoders } from "../../src/doors/decoders.ts";

const doors = join(import.meta.dirname, "../../src/doors");

/** The decoders that modules of the doors export, by themselves or as a door's bodies. */
async function exported(): Promise<{ name: string }[]> {
  const files = globSync("{chat,langgraph,otlp,rpc,weave}/**/*.ts", { cwd: doors });
  const modules = await Promise.all(files.map((file) => import(join(doors, file)) as Promise<object>));
  const values = modules.flatMap((module) => Object.values(module) as unknown[]);
  return values.map((value) => decoderIn(value)).filter((value) => value !== null);
}

function decoderIn(value: unknown): { name: string } | null {
  if (typeof value !== "object" || value === null) return null;
  if ("decode" in value && "name" in value) return value as { name: string };
  return "decoder" in value ? decoderIn(value.decoder) : null;
}

test("a worker finds each decoder of the doors by the name that it is sent", async () => {
  const registered = await Promise.all(
    Object.entries(decoders).map(async ([name, load]) => [name, await load()] as const),
  );
  expect(new Set(registered.map(([, decoder]) => decoder))).toEqual(new Set(await exported()));
  for (const [name, decoder] of registered) expect(decoder.name).toBe(name);
});
