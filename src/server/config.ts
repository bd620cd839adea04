import { type Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";

const sizeUnits = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
const timeUnits = { ms: 1, s: 1000, min: 60_000 };

/** What stands for a field's value in the help; the text of each field is its `describe`. */
const placeholders = z.registry<{ value: string }>();

function text(value: string, fallback: string, schema = z.string().min(1)) {
  return schema.register(placeholders, { value }).prefault(fallback);
}

function quantity<T extends Record<string, number>>(units: T, expected: string, max: number) {
  const pattern = new RegExp(`^(\\d{1,12})(${Object.keys(units).join("|")})$`);
  return z
    .string()
    .regex(pattern, `expected ${expected}`)
    .transform((written) => {
      const [, digits, unit] = pattern.exec(written)!;
      return Number(digits) * units[unit!]!;
    })
    .pipe(z.number().min(1, "must be at least 1").max(max, `must be at most ${max}`));
}

/** The runtime keeps message sizes in 32 bits. */
function bytes(fallback: string) {
  const schema = quantity(sizeUnits, "bytes, such as 1048576, 512KiB or 16MiB", 2 ** 32 - 1);
  return schema.register(placeholders, { value: "size" }).prefault(fallback);
}

/** The runtime's timers take at most 2^31 - 1 milliseconds. */
function milliseconds(fallback: string) {
  const schema = quantity(timeUnits, "a time, such as 500ms, 30s or 5min", 2 ** 31 - 1);
  return schema.register(placeholders, { value: "time" }).prefault(fallback);
}

function integer(fallback: string, min: number, max: number) {
  const range = `expected a whole number from ${min} to ${max}`;
  const schema = z
    .string()
    .regex(/^\d{1,15}$/, range)
    .transform(Number)
    .pipe(z.number().min(min, range).max(max, range));
  return schema.register(placeholders, { value: "number" }).prefault(fallback);
}

function choice<const T extends readonly [string, ...string[]]>(fallback: T[number], options: T) {
  const schema = z.enum(options, `expected one of ${options.join(", ")}`);
  return schema.register(placeholders, { value: options.join("|") }).prefault(fallback);
}

function list(value: string) {
  const schema = z.string().transform((written) =>
    written
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== ""),
  );
  return schema.register(placeholders, { value }).prefault("");
}

function flag() {
  return z.stringbool("expected yes or no").prefault("no");
}

/**
 * Every setting of the server. A field `someName` is the flag `--some-name` and the variable `SKEIN_SOME_NAME`, both
 * written as its fallback is; the description is what the help prints.
 */
export const configSchema = z.object({
  host: text("address", "127.0.0.1").describe(
    "address to listen on; other than loopback only with keys, or --insecure",
  ),
  port: integer("7337", 0, 65_535).describe("port to listen on; 0 takes a free one"),
  db: text("file", "./data/skein.db").describe("database file, created if missing"),
  shared: flag().describe(
    "serve a file that another server has too; else the second waits 10s for the first to stop, and ends",
  ),
  defaultProject: text("project", "default").describe("project of requests that name none"),
  durability: choice("full", ["full", "relaxed"]).describe(
    "full: acknowledged means on disk; relaxed: a power cut may lose the last moments",
  ),
  otlpLimit: bytes("64MiB").describe("largest OTLP request, decompressed"),
  restLimit: bytes("32MiB").describe("largest body of a REST request"),
  rpcLimit: bytes("16MiB").describe("largest RPC message, in and out, decompressed"),
  requestTimeout: milliseconds("60s").describe(
    "ends a call whose caller names no deadline, and a stream that has not moved for this long",
  ),
  snapshotTime: milliseconds("5min").describe(
    "how long one streamed read may hold its snapshot of the store",
  ),
  sweepInterval: milliseconds("1min").describe("how often threads whose time is up are removed"),
  writeQueueLimit: bytes("64MiB").describe(
    "what may wait to be written; more is refused until there is room",
  ),
  bodyMemory: bytes("64MiB").describe(
    "what requests may hold while they are read and worked on; more wait, or are refused",
  ),
  answerMemory: bytes("96MiB").describe(
    "what answers may hold until their clients take them; further work waits, or is refused",
  ),
  bodyRate: bytes("1KiB").describe(
    "the least that must come of a body each second, after its first 10 seconds",
  ),
  connectionLimit: integer("4096", 1, 1_000_000).describe("connections that are served at once"),
  requestLimit: integer("10000", 1, 10_000_000).describe(
    "requests that are under way at once; more are refused until some are done",
  ),
  streamLimit: integer("256", 1, 65_535).describe("requests that one HTTP/2 connection may have under way"),
  resetLimit: integer("200", 1, 1_000_000).describe(
    "requests a second that one HTTP/2 connection may reset beyond those it lets finish",
  ),
  headerLimit: bytes("16KiB").describe("largest headers of a request"),
  corsOrigin: list("origins").describe(
    'origins besides loopback whose web pages may call, separated by commas; "*" is any',
  ),
  allowedHost: list("hosts").describe(
    "host names besides loopback that requests may be sent to, separated by commas",
  ),
  insecure: flag().describe("listen on an address other than loopback although there are no keys"),
  logLevel: choice("warn", ["fatal", "error", "warn", "info", "debug", "trace", "silent"]).describe(
    "least severe log entry that is written, to stderr",
  ),
  shutdownGrace: milliseconds("10s").describe("how long a shutdown waits for what is under way"),
});

/** The settings; sizes in bytes, times in milliseconds. */
export type Config = z.output<typeof configSchema>;

/**
 * Adds an option for every setting to a command. The command's options are then a `Config`; a flag wins over its
 * variable, and a value that does not parse ends the process with one line on stderr and exit code 1.
 */
export function addConfigOptions(command: Command): Command {
  for (const [name, field] of Object.entries(configSchema.shape)) {
    const { innerType, defaultValue } = field.def;
    const words = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const value = placeholders.get(innerType)?.value;
    const option = new Option(value ? `--${words} <${value}>` : `--${words} [yes|no]`, field.description)
      .env(`SKEIN_${words.replaceAll("-", "_").toUpperCase()}`)
      .default(field.parse(undefined), String(defaultValue) || "none")
      .argParser((written) => parseField(field, written));
    command.addOption(value ? option : option.preset("yes"));
  }
  return command;
}

function parseField(field: z.ZodType, written: string): unknown {
  const result = field.safeParse(written);
  if (result.success) return result.data;
  throw new InvalidArgumentError(`${result.error.issues[0]!.message}.`);
}
