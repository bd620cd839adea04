import { EventEmitter } from "node:events";
import { IncomingMessage, OutgoingMessage } from "node:http";
import { connect, createServer, Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { Socket } from "node:net";

/**
 * Loaded before a server: writes a line to stderr for each emitter of a connection that emits anything while nobody
 * hears its errors, or whose last listener for them leaves. So it sees those that Skein does not know of, too.
 */

/** The classes of sessions and streams, which Node does not name, by way of one of each. */
async function http2Classes(): Promise<unknown[]> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const client = connect(`http://127.0.0.1:${port}`);
  const { promise, resolve } = Promise.withResolvers<unknown[]>();
  server.once("stream", (stream) => {
    const classes = [stream, stream.session].map((each) => Object.getPrototypeOf(each).constructor);
    stream.end();
    stream.once("close", () => {
      client.destroy();
      server.close(() => resolve(classes));
    });
    stream.respond();
  });
  client.request().resume();
  return promise;
}

const classes = [
  Socket,
  IncomingMessage,
  OutgoingMessage,
  Http2ServerRequest,
  Http2ServerResponse,
  ...(await http2Classes()),
] as (abstract new () => EventEmitter)[];
const { stdin, stdout, stderr } = process;
const ownPipes = new Set<EventEmitter>([stdin, stdout, stderr]);

function isOfConnection(emitter: EventEmitter): boolean {
  return !ownPipes.has(emitter) && classes.some((each) => emitter instanceof each);
}

function report(emitter: EventEmitter, when: string): void {
  process.stderr.write(`nobody hears the errors of a ${emitter.constructor.name} ${when}\n`);
}

const { emit, removeListener } = EventEmitter.prototype;
/** Those that were handed over: Node does so within the turn of the loop in which it makes them. */
const handedOver = new WeakMap<EventEmitter, boolean>();
let seen = 0;

function see(emitter: EventEmitter): void {
  seen += 1;
  handedOver.set(emitter, false);
  setImmediate(() => {
    handedOver.set(emitter, true);
    if (emitter.listenerCount("error") === 0) report(emitter, "that was handed over");
  });
}

EventEmitter.prototype.emit = function (
  this: EventEmitter,
  event: string | symbol,
  ...values: unknown[]
): boolean {
  const emitted = emit.call(this, event, ...values);
  if (event === "newListener" || event === "removeListener" || !isOfConnection(this)) return emitted;
  if (!handedOver.has(this)) see(this);
  if (handedOver.get(this) && this.listenerCount("error") === 0)
    report(this, `that emitted ${String(event)}`);
  return emitted;
};

EventEmitter.prototype.removeListener = function (
  this: EventEmitter,
  event: string | symbol,
  ...rest: [listener: (...values: unknown[]) => void]
): EventEmitter {
  const result = removeListener.call(this, event, ...rest);
  if (event === "error" && isOfConnection(this) && this.listenerCount("error") === 0) {
    report(this, "whose last listener left");
  }
  return result;
};
EventEmitter.prototype.off = EventEmitter.prototype.removeListener;

process.once("SIGTERM", () => process.stderr.write(`seen ${seen > 0 ? "some" : "none"}\n`));
