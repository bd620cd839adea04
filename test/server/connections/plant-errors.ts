import { Server } from "node:http";

/** Loaded before a server: errors that nobody catches, one for a connection that asks for it, one at a signal. */
const { emit } = Server.prototype;
Server.prototype.emit = function (this: Server, event: string, ...values: unknown[]): boolean {
  const [request] = values as [{ url?: string }];
  if (event === "request" && request.url === "/health?plant") {
    setImmediate(() => {
      throw new Error("planted for a connection");
    });
  }
  return Reflect.apply(emit, this, [event, ...values]);
} as typeof emit;

process.once("SIGUSR2", () => {
  throw new Error("planted for nobody");
});
