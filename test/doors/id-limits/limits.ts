import { createServer } from "../../../src/server/app.ts";
import { configSchema } from "../../../src/server/config.ts";
import { doors } from "../../../src/server/doors.ts";
import { openLog } from "../../../src/server/log.ts";
import type { Store } from "../../../src/store/store.ts";
import { openTemporaryStore } from "../../store/sqlite/open-store.ts";

/** Texts at a limit, and the same with a character more. */
export interface Limit {
  within: string[];
  beyond: string[];
  /** What a refusal says. */
  words: RegExp;
}
export const ID: Limit = {
  within: ["a".repeat(1024), "é".repeat(512), "😀".repeat(256)],
  beyond: ["a".repeat(1025), `${"é".repeat(512)}a`, `${"😀".repeat(256)}é`],
  words: /at most 1024 bytes/,
};
export const REF: Limit = {
  within: ["a".repeat(1000), "😀".repeat(1000)],
  beyond: ["a".repeat(1001), "😀".repeat(1001)],
  words: /at most 1000 characters/,
};

interface Answer {
  status: number;
  text: string;
}

/** All doors over a store of their own. */
export interface AllDoors {
  store: Store;
  url: string;
  /** Sends a request with a JSON body, if it is given one. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export async function openDoors(): Promise<AllDoors> {
  const { store, close } = await openTemporaryStore();
  const { logger, close: closeLog } = openLog({ logLevel: "error" }, process.stderr);
  const config = configSchema.parse({ port: "0", shutdownGrace: "5s" });
  const server = await createServer({ doors, store, logger, config });
  const url = await server.listen();
  return {
    store,
    url,
    async send(method, path, body, headers = {}) {
      const response = await fetch(url + path, {
        method,
        headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, text: await response.text() };
    },
    async close() {
      await server.close();
      await close();
      closeLog();
    },
  };
}
