import { type DestinationStream, type Logger, pino } from "pino";
import { KEY_HEADERS } from "./auth.ts";
import type { Config } from "./config.ts";
import { createLogLimit } from "./log-limit.ts";

/** Where in an entry headers can stand: by themselves, in a request, in what an error refers to. */
const HEADER_PLACES = ["", "headers", "*.headers", "*.*.headers"];

/** A server's log. */
export interface Log {
  logger: Logger;
  /** Writes what is still to be told of entries that were left out. */
  close(): void;
}

/**
 * Opens a server's log: at the configured level, never with a header that can hold a key, and of what goes wrong again and
 * again one entry and a count.
 */
export function openLog({ logLevel }: Pick<Config, "logLevel">, destination: DestinationStream): Log {
  const redact = KEY_HEADERS.flatMap((name) => HEADER_PLACES.map((place) => `${place}["${name}"]`));
  const { hooks, close } = createLogLimit();
  return { logger: pino({ level: logLevel, redact, hooks }, destination), close };
}
