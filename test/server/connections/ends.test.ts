import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningProcess, startProcess, urlPattern } from "../process.ts";
import { KINDS, LEAVES, leaveHttp1, leaveHttp2, MOMENTS } from "./ends.ts";

let server: RunningProcess;
let port: number;

beforeAll(async () => {
  const probe = join(import.meta.dirname, "emitter-probe.ts");
  server = startProcess(process.execPath, ["--import", probe, join(import.meta.dirname, "serve-bare.ts")]);
  port = Number(new URL(urlPattern.exec(await server.line(urlPattern))![1]!).port);
});

afterAll(async () => {
  server.child.kill();
  await server.end();
});

test.each(Object.entries(KINDS))(
  "a client that leaves ends nothing but its connection: %s",
  async (_name, asked) => {
    for (const moment of MOMENTS) {
      for (const leave of LEAVES) {
        for (let time = 0; time < 5; time += 1) {
          await Promise.all([
            leaveHttp1(port, asked, leave, moment),
            leaveHttp1(port, asked, leave, moment, true),
            leaveHttp2(port, asked, leave, moment),
          ]);
        }
      }
    }
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  },
);

test("somebody hears the errors of every request, response, socket, session and stream all their lives", async () => {
  server.child.kill("SIGTERM");
  const { code, errors } = await server.end();
  expect([code, [...new Set(errors.trim().split("\n"))]]).toEqual([0, ["seen some"]]);
});
