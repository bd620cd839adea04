import { pino } from "pino";
import { StoreOpenError } from "../store/errors.ts";
import type { ServedStore, ServeOptions } from "../store/open-store.ts";
import { whenAborted } from "../workers/signals.ts";
import { createServer } from "./app.ts";
import type { Config } from "./config.ts";
import { guardProcess } from "./crash-guard.ts";
import { doors } from "./doors.ts";
import { openLog } from "./log.ts";
import { isLoopback } from "./origin.ts";

/**
 * Runs the server until it is told to stop (SIGTERM, SIGINT). The first line on stdout says where it listens; what
 * keeps it from starting is one line on stderr. A second signal ends the process at once. An error that nobody caught, and
 * that is no connection's, stops it, too.
 *
 * @returns the process's exit code
 */
export async function serve(
  config: Config,
  openStore: (config: Config, options: ServeOptions) => Promise<ServedStore>,
): Promise<number> {
  const { logger, close: closeLog } = openLog(config, pino.destination({ dest: 2, sync: true }));
  const stop = new AbortController();
  stopAtSignals(stop);
  let failed = false;
  const endGuard = guardProcess(logger, (error) => {
    failed = true;
    stop.abort(error);
  });
  const stopped = stop.signal;
  let served: ServedStore | undefined;
  try {
    served = await openStore(config, { signal: stopped, logger });
    const { store } = served;
    const hasKeys = await store.hasKeys();
    if (!hasKeys) refuseOpenAddress(config);
    const server = await createServer({ config, store, doors, logger });
    const url = await server.listen();
    served.announce(url);
    process.stdout.write(`Skein listens on ${url}\n`);
    if (await store.isEmpty()) process.stdout.write(greeting(url, hasKeys));
    await whenAborted(stopped);
    logger.info({ signal: stopped.reason }, "finishing what is under way");
    await server.close();
    await served.close();
    return failed ? 1 : 0;
  } catch (error) {
    // It was told to stop before it began.
    if (error === stopped.reason) return failed ? 1 : 0;
    const explanation = explain(error, config);
    if (explanation === undefined) logger.fatal({ err: error }, "Skein failed");
    else process.stderr.write(`skein: ${explanation}\n`);
    await served?.close();
    return 1;
  } finally {
    endGuard();
    closeLog();
  }
}

/** Stops at the first signal to stop, whose name is then the reason. */
function stopAtSignals(stop: AbortController): void {
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1);
      stop.abort(name);
    });
  }
}

/** Why the server may not start on the address it is configured for. */
class AddressError extends Error {}

function refuseOpenAddress({ host, insecure }: Config): void {
  if (insecure || isLoopback(host)) return;
  const consequence = `whoever reaches ${host} could read and write everything`;
  const remedy = "npm run keys -- create makes a key, --insecure allows it without";
  throw new AddressError(`there are no keys, so ${consequence}; ${remedy}`);
}

/** A line for people on an error they can do something about; `undefined` for any other. */
function explain(error: unknown, { host, port }: Config): string | undefined {
  if (error instanceof StoreOpenError || error instanceof AddressError) return error.message;
  if (!(error instanceof Error && "code" in error)) return undefined;
  switch (error.code) {
    case "EADDRINUSE":
      return `port ${port} of ${host} is in use; --port chooses another, --port 0 takes a free one`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is no address of this machine`;
    case "EACCES":
      return "syscall" in error && error.syscall === "listen"
        ? `no permission to listen on port ${port} of ${host}`
        : error.message;
  }
  return undefined;
}

/** Says how to send something to an empty store. */
function greeting(url: string, hasKeys: boolean): string {
  const now = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId: "5b8efff798038103d269b633813fc60c",
    spanId: "eee19b7ec3c1b174",
    name: "chat",
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 1_500_000_000n),
    attributes: [{ key: "gen_ai.conversation.id", value: { stringValue: "hello" } }],
  };
  const key = hasKeys ? " -H 'authorization: Bearer YOUR-KEY'" : "";
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  return `
Nothing is stored yet. Send a conversation of one span:

  curl ${url}/v1/traces -H 'content-type: application/json'${key} -d '${body}'

or point an OpenTelemetry exporter here (OTEL_EXPORTER_OTLP_ENDPOINT=${url}), or load a sample with: npm run demo
`;
}
