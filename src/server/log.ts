import type { LoggerOptions } from "pino";
import type { Config } from "../config.ts";
import { KEY_HEADERS } from "./auth.ts";

/** Where in an entry headers can stand: by themselves, in a request, in what an error refers to. */
const HEADER_PLACES = ["", "headers", "*.headers", "*.*.headers"];

/** How the server logs: at the configured level, and never a header that can hold a key. */
export function logOptions({ logLevel }: Pick<Config, "logLevel">): LoggerOptions {
  const redact = KEY_HEADERS.flatMap((name) => HEADER_PLACES.map((place) => `${place}["${name}"]`));
  return { level: logLevel, redact };
}
