import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { madeUpThread } from "./records.ts";

/** What installs; newer versions of its parts do not go together. */
const PACKAGE = {
  private: true,
  type: "module",
  dependencies: {
    "@langchain/langgraph-api": "1.5.1",
    "@langchain/langgraph": "1.4.18",
    "@langchain/core": "1.2.13",
    "@langchain/langgraph-checkpoint": "1.1.5",
    "@langchain/langgraph-sdk": "1.12.0",
  },
  overrides: { "@langchain/protocol": "0.0.19", "@langchain/langgraph-sdk": "1.12.0" },
};

/** Where it is installed, or why it is not there. */
export type Installation = { folder: string } | { missing: string };

/** What to call it. */
export const RIVAL = `@langchain/langgraph-api ${PACKAGE.dependencies["@langchain/langgraph-api"]}, in memory`;

/**
 * Installs LangGraph's own server, which keeps threads in memory, in a folder, and lays the made-up threads where it
 * reads them when it starts. Takes npm's own command line, as a script of npm finds it.
 *
 * @throws when it cannot be installed
 */
export async function installRival(folder: string, threads: number): Promise<void> {
  await mkdir(join(folder, ".langgraph_api"), { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify(PACKAGE));
  const npm = process.env.npm_execpath;
  if (!npm) throw new Error("no npm to install it with: run this as `npm run bench:search`");
  await promisify(execFile)(
    process.execPath,
    [npm, "install", "--legacy-peer-deps", "--no-audit", "--no-fund"],
    { cwd: folder },
  );
  await writeFile(join(folder, ".langgraph_api", ".langgraphjs_ops.json"), dataOf(threads));
}

/** The threads in the form that the server writes, which marks dates apart from texts. */
function dataOf(threads: number): string {
  const marks: Record<string, ["Date"]> = {};
  const byId: Record<string, object> = {};
  for (let number = 0; number < threads; number++) {
    const { threadId, createdAt, ...rest } = madeUpThread(number, threads);
    const at = new Date(createdAt / 1000).toISOString();
    byId[threadId] = { thread_id: threadId, created_at: at, updated_at: at, config: {}, ...rest };
    for (const field of ["created_at", "updated_at"]) marks[`threads.${threadId}.${field}`] = ["Date"];
  }
  const json = { runs: {}, threads: byId, assistants: {}, assistant_versions: [], retry_counter: {} };
  return JSON.stringify({ json, meta: { values: marks } });
}
