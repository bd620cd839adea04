import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RunningProcess, startProcess, urlPattern } from "./process.ts";

let server: RunningProcess;
let port: number;

beforeEach(async () => {
  const preload = join(import.meta.dirname, "connections/plant-errors.ts");
  const program = join(import.meta.dirname, "serve-fake.ts");
  server = startProcess(process.execPath, ["--import", preload, program, "--port", "0"]);
  port = Number(new URL(urlPattern.exec(await server.line(urlPattern))![1]!).port);
});

afterEach(async () => {
  server.child.kill();
  await server.end();
});

test("an error of one connection that nobody caught ends that connection only, and is logged with its cause", async () => {
  const healthy = connect(port, "127.0.0.1");
  const faulty = connect(port, "127.0.0.1").on("error", () => {});
  const closed = new Promise((resolve) => faulty.on("close", resolve));
  faulty.resume().write("GET /health?plant HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await closed;
  healthy.write("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n");
  expect(String(await once(healthy, "data"))).toMatch(/^HTTP\/1\.1 200/);
  healthy.destroy();
  await server.logged(/connection is closed/);
  server.child.kill("SIGTERM");
  const { code, errors } = await server.end();
  expect(code).toBe(0);
  expect(errors).toContain("planted for a connection");
});

test("one that is no connection's stops the process, which closes what it has open", async () => {
  server.child.kill("SIGUSR2");
  await server.line(/^closed: true$/);
  const { code, errors } = await server.end();
  expect(code).toBe(1);
  expect(errors).toContain("planted for nobody");
});
