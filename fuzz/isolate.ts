import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClients } from "./clients.ts";
import { type Failure, kindOfLine } from "./failures.ts";
import { replay } from "./fixtures.ts";
import type { Input } from "./input.ts";
import { SERVER_ARGS } from "./runner.ts";
import { startServerChild } from "./server-child.ts";

/** How long that may take, in milliseconds: beyond it, what was found so far will do. */
const MOST_MS = 240_000;

/** Inputs that make a server fail again, and whether they do. */
export interface Isolated {
  inputs: Input[];
  again: boolean;
}

/** Finds out which of the inputs before a failure are needed for it, by halves, each tried with a server of its own. */
export async function isolate(failure: Failure): Promise<Isolated> {
  let { inputs } = failure;
  if (!(await failsAgain(failure.kind, inputs))) return { inputs, again: false };
  const until = performance.now() + MOST_MS;
  for (let parts = 2; inputs.length > 1 && performance.now() < until; ) {
    const size = Math.ceil(inputs.length / parts);
    const starts = Array.from({ length: Math.ceil(inputs.length / size) }, (_, part) => part * size);
    let fewer: Input[] | null = null;
    for (const start of starts) {
      const without = inputs.toSpliced(start, size);
      const tried = parts === 2 ? inputs.slice(start, start + size) : without;
      if (tried.length > 0 && (await failsAgain(failure.kind, tried))) {
        fewer = tried;
        break;
      }
    }
    if (fewer) [inputs, parts] = [fewer, 2];
    else if (size === 1) break;
    else parts *= 2;
  }
  return { inputs, again: true };
}

async function failsAgain(kind: string, inputs: Input[]): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "skein-fuzz-"));
  const seen = new Set<string>();
  const server = await startServerChild(join(folder, "skein.db"), SERVER_ARGS, (line) => {
    seen.add(`log: ${kindOfLine(line)}`);
  });
  const clients = createClients(server.port);
  try {
    const wrong = await replay(
      inputs,
      clients,
      (wrong) => server.hasEnded() || seen.has(kind) || wrong.has(kind),
    );
    // Once it answers this, it has written to its log what it had to write.
    if (!server.hasEnded()) await server.holdings().catch(() => {});
    if (server.hasEnded()) seen.add(`ended: ${await server.ended}`);
    return seen.has(kind) || wrong.has(kind);
  } finally {
    clients.close();
    await server.kill();
    await rm(folder, { recursive: true, force: true });
  }
}
