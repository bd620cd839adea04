import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { start } from "./harness.ts";

/** Writes a byte at a time, each in a packet of its own. */
async function drip(socket: Socket, data: string | Buffer): Promise<void> {
  socket.setNoDelay(true);
  for (const byte of Buffer.from(data)) {
    await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
    await new Promise(setImmediate);
  }
}

const request = "GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const emptySettings = Buffer.from("000000040000000000", "hex");

describe("one port", () => {
  test("speaks HTTP/1.1 to a client that sends a byte at a time", async () => {
    const { port } = await start();
    const socket = connect(port, "127.0.0.1");
    const [answer] = await Promise.all([text(socket), drip(socket, request)]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(answer).toContain('{"status":"ok"}');
  });

  test("speaks HTTP/1.1 to a client that pipelines", async () => {
    const { port } = await start();
    const socket = connect(port, "127.0.0.1");
    socket.write(request.replace("connection: close\r\n", "").repeat(2) + request);
    expect((await text(socket)).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
  });

  test("speaks HTTP/1.1 to a method that starts like the preface", async () => {
    const { port } = await start();
    const socket = connect(port, "127.0.0.1");
    socket.write("PROPFIND / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 404/);
  });

  test("speaks HTTP/2 to a client whose preface comes a byte at a time", async () => {
    const { port } = await start();
    const socket = connect(port, "127.0.0.1");
    const [[first]] = await Promise.all([
      once(socket, "data") as Promise<[Buffer]>,
      drip(socket, Buffer.concat([Buffer.from(preface), emptySettings])),
    ]);
    expect(first[3], "the type of the first frame: SETTINGS").toBe(4);
    socket.destroy();
  });

  test("speaks HTTP/2 to a client that sends the preface and a request in one packet", async () => {
    const { url } = await start();
    const session = connectHttp2(url);
    const stream = session.request({ ":path": "/health" });
    expect(await text(stream)).toBe('{"status":"ok"}');
    session.close();
  });
});

describe("patience", () => {
  test.each([
    ["nothing", ""],
    ["half a preface", preface.slice(0, 10)],
  ])("a connection that sends %s is cut", async (_name, data) => {
    const { port } = await start({ timeouts: { silence: 50 } });
    const socket = connect(port, "127.0.0.1");
    socket.write(data);
    expect(await text(socket)).toBe("");
  });

  test("headers that do not end are answered with 408", async () => {
    const { port } = await start({ timeouts: { headers: 50 } });
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /health HTTP/1.1\r\nhost:");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408/);
  });

  test("a client that says HTTP/2 and no more is cut", async () => {
    const { port } = await start({ timeouts: { headers: 50 } });
    const socket = connect(port, "127.0.0.1");
    socket.write(preface);
    socket.resume();
    await once(socket, "close");
  });

  test("an HTTP/2 request whose body pauses too long is reset", async () => {
    const { url } = await start({ timeouts: { body: 50 } });
    const session = connectHttp2(url);
    const stream = session.request({ ":path": "/skein.v1.Nothing", ":method": "POST" }, { endStream: false });
    stream.resume();
    await once(stream, "close");
    session.destroy();
  });

  test("headers over the limit are answered with 431", async () => {
    const { port } = await start();
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET /health HTTP/1.1\r\nhost: localhost\r\nx-long: ${"x".repeat(20_000)}\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 431/);
  });
});
