import type { FastifyBaseLogger } from "fastify";
import { presentConnection } from "./connection.ts";

/**
 * Takes the errors that nobody caught. One that came up in serving a connection ends that connection, and the log says
 * so; any other means that the process can no longer be trusted: it is told to stop, so that what is under way ends well.
 *
 * @param stop is told the error; called once
 * @returns what ends the guard
 */
export function guardProcess(
  logger: Pick<FastifyBaseLogger, "error" | "fatal">,
  stop: (error: unknown) => void,
): () => void {
  let isStopping = false;
  const take = (error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void => {
    const socket = presentConnection();
    if (socket) {
      logger.error(
        { err: error, origin },
        "an error of a connection was not caught; the connection is closed",
      );
      socket.destroy();
      return;
    }
    logger.fatal({ err: error, origin }, "an error was not caught; Skein stops");
    if (isStopping) return;
    isStopping = true;
    stop(error);
  };
  process.on("uncaughtException", take);
  return () => process.off("uncaughtException", take);
}
