import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startProcess, urlPattern } from "./process.ts";

/** A running process, killed when the test ends. */
function run(command: string, args: string[]) {
  const running = startProcess(command, args);
  onTestFinished(() => void running.child.kill("SIGKILL"));
  return running;
}

const serveFake = (...args: string[]) =>
  run(process.execPath, [join(import.meta.dirname, "serve-fake.ts"), ...args]);

test("the first line says where it listens, and how to begin follows", async () => {
  const { line } = serveFake("--port", "0");
  const first = await line(/./);
  expect(first).toMatch(urlPattern);
  const [, url] = urlPattern.exec(first)!;
  expect(await line(/curl/)).toContain(`curl ${url}/v1/traces`);
  expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: "ok" });
});

describe.each(["SIGTERM", "SIGINT"] as const)("%s", (signal) => {
  test("ends the server and its store with exit code 0", async () => {
    const { child, line, end } = serveFake("--port", "0");
    await line(urlPattern);
    child.kill(signal);
    expect(await line(/closed/)).toBe("closed: true");
    expect(await end()).toEqual({ code: 0, errors: "" });
  });

  test("twice ends the process at once, whatever is under way", async () => {
    const { child, line, logged, end } = serveFake(
      "--port",
      "0",
      "--shutdown-grace",
      "5min",
      "--log-level",
      "info",
    );
    const [, url] = urlPattern.exec(await line(urlPattern))!;
    const socket = connect(Number(new URL(url!).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => {});
    socket.write(
      "POST /grpc.health.v1.Health/Check HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n",
    );
    socket.write("content-length: 100\r\nexpect: 100-continue\r\n\r\n");
    // The server asks for the body: the request is under way, and stays so.
    await once(socket, "data");
    child.kill(signal);
    await logged(/finishing/);
    child.kill(signal);
    expect((await end()).code).toBe(1);
  });
});

describe("what keeps it from starting is one line and exit code 1", () => {
  test("a port in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    const { end } = serveFake("--port", String(port));
    expect(await end()).toEqual({
      code: 1,
      errors: expect.stringMatching(new RegExp(`^skein: port ${port} .*\n$`)),
    });
  });

  test.each([
    ["a store that does not open", ["--db", "broken"], /^skein: "broken" is not a database\n$/],
    ["an address that others reach", ["--host", "0.0.0.0"], /^skein: .*--insecure.*\n$/],
    ["an address of another machine", ["--host", "192.0.2.1", "--insecure"], /^skein: 192\.0\.2\.1 .*\n$/],
    ["a bad value", ["--port", "x"], /^error: option '--port <number>' .*\n$/],
  ])("%s", async (_name, args, errors) => {
    const { code, errors: written } = await serveFake("--port", "0", ...args).end();
    expect(written).toMatch(errors);
    expect(code).toBe(1);
  });

  test("unless --insecure allows the address", async () => {
    const { line } = serveFake("--port", "0", "--host", "0.0.0.0", "--insecure");
    expect(await line(/./)).toMatch(/^Skein listens on http:\/\/0\.0\.0\.0:\d+$/);
  });
});

test("npm start serves, takes flags and ends with exit code 0 on SIGTERM", async () => {
  const directory = await mkdtemp(join(tmpdir(), "skein-start-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const { child, line, end } = run("npm", [
    "start",
    "--",
    "--port",
    "0",
    "--db",
    join(directory, "skein.db"),
  ]);
  const [, url] = urlPattern.exec(await line(/^[^>]/))!;
  expect((await fetch(`${url}/health`)).status).toBe(200);
  child.kill("SIGTERM");
  expect((await end()).code).toBe(0);
  await expect(fetch(`${url}/health`)).rejects.toThrow();
});
