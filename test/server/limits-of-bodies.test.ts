import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { chatDoor } from "../../src/doors/chat/door.ts";
import { otlpDoor } from "../../src/doors/otlp/door.ts";
import { weaveDoor } from "../../src/doors/weave/door.ts";
import { echoDoor, start } from "./harness.ts";

const LIMIT = 10_000;
const config = { restLimit: LIMIT, rpcLimit: LIMIT, otlpLimit: LIMIT };
const PIECE = Buffer.alloc(4096, "x");

/** Paths of every door that reads bodies, with the status of one that is too large. */
const PATHS = [
  ["Weave", "/threads/stream_query", "application/json", 413],
  ["Weave's files", "/file/create", "multipart/form-data; boundary=x", 413],
  ["chat", "/api/chat/threads", "application/json", 413],
  ["OTLP", "/v1/traces", "application/json", 413],
  ["Connect", "/skein.v1.ThreadService/Spans", "application/json", 429],
] as const;

describe("a client that goes on writing a body over the limit reads its answer", () => {
  test.each(PATHS)("%s, with a length", async (_name, path, type, status) => {
    const { port } = await start({ doors: [weaveDoor, chatDoor, otlpDoor, echoDoor], config });
    const socket = connect(port, "127.0.0.1");
    const body = Buffer.concat([
      Buffer.from(
        type.startsWith("multipart")
          ? '--x\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n'
          : '"',
      ),
      Buffer.alloc(2 ** 20, "x"),
      Buffer.from(type.startsWith("multipart") ? "\r\n--x--\r\n" : '"'),
    ]);
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    const answer = text(socket);
    socket.end(body);
    expect(await answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test.each(PATHS)("%s, without a length, for ever", async (_name, path, type, status) => {
    const { port } = await start({ doors: [weaveDoor, chatDoor, otlpDoor, echoDoor], config });
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    const closed = new Promise((resolve) => socket.on("close", resolve));
    const answer = once(socket, "data") as Promise<[Buffer]>;
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    const first = type.startsWith("multipart")
      ? '--x\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n'
      : '"';
    socket.write(`${first.length.toString(16)}\r\n${first}\r\n`);
    const chunk = Buffer.concat([Buffer.from("1000\r\n"), PIECE, Buffer.from("\r\n")]);
    const write = () => {
      while (socket.writable && socket.write(chunk));
    };
    socket.on("drain", write);
    write();
    expect((await answer)[0].toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    await closed;
  });

  test("over HTTP/2, too", async () => {
    const { url } = await start({ doors: [weaveDoor], config });
    const session = connectHttp2(url);
    onTestFinished(() => session.destroy());
    const stream = session
      .request({ ":method": "POST", ":path": "/threads/stream_query" })
      .on("error", () => {});
    const answered = once(stream, "response") as Promise<[Record<string, unknown>]>;
    stream.write(Buffer.alloc(60_000));
    expect((await answered)[0][":status"]).toBe(413);
  });
});

test.each(["/threads/stream_query", "/api/chat/threads"])(
  "a body over HTTP/2 is read without a length or a type: %s",
  async (path) => {
    const { url } = await start({ doors: [weaveDoor, chatDoor], config });
    const session = connectHttp2(url);
    onTestFinished(() => session.destroy());
    const stream = session.request({ ":method": "POST", ":path": path });
    stream.end("{");
    expect(JSON.parse(await text(stream)).detail[0].type).toBe("json_invalid");
  },
);

test("a connection goes on after a body that was refused", async () => {
  const { port } = await start({ doors: [weaveDoor], config });
  const socket = connect(port, "127.0.0.1");
  const head = "POST /threads/stream_query HTTP/1.1\r\nhost: localhost\r\n";
  socket.write(`${head}content-length: 20000\r\n\r\n`);
  socket.write(Buffer.alloc(20_000));
  socket.write(`${head}content-length: 2\r\nconnection: close\r\n\r\n{}`);
  expect((await text(socket)).match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 413", "HTTP/1.1 422"]);
});

test("a connection goes on after a call that was refused before all of it was read", async () => {
  const { port } = await start({ doors: [echoDoor] });
  const socket = connect(port, "127.0.0.1");
  const type = "content-type: application/connect+proto\r\n";
  socket.write(
    `POST /skein.v1.ThreadService/StreamSpans HTTP/1.1\r\nhost: localhost\r\n${type}content-length: 300000\r\n\r\n`,
  );
  socket.write(Buffer.alloc(300_000, 1));
  socket.write("GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
  expect(await text(socket)).toContain('{"status":"ok"}');
});
