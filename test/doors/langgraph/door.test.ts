import { expect, test } from "vitest";
import { createNaiveStore } from "../../store/naive-store.ts";
import { ID, openDoor } from "./open.ts";

test("/info tells the version and what there is beside threads", async () => {
  const { call } = await openDoor();
  const { status, json } = await call("GET", "/info");
  expect(status).toBe(200);
  expect(json).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    flags: { assistants: false, crons: false, langsmith: false },
  });
  expect((await call("GET", "/p/acme/bot/info")).json).toEqual(json);
});

test("/info tells what is being derived again, while there is any", async () => {
  const derivations = [{ part: "traces" as const, rules: 2, percent: 40 }];
  const { call } = await openDoor({ ...createNaiveStore(), derivations: async () => derivations });
  expect((await call("GET", "/info")).json).toMatchObject({ derivations });
});

test("/ok is ok", async () => {
  const { call } = await openDoor();
  expect(await call("GET", "/ok")).toMatchObject({ status: 200, text: '{"ok":true}' });
});

test("web pages of this machine may call, and read the paging headers", async () => {
  const { call, create } = await openDoor();
  await create({ thread_id: ID });
  const origin = "http://localhost:3000";
  const asked = {
    origin,
    "access-control-request-method": "PATCH",
    "access-control-request-headers": "x-api-key",
  };
  const preflight = await call("OPTIONS", `/threads/${ID}`, undefined, asked);
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
  expect(preflight.headers.get("access-control-allow-methods")).toContain("PATCH");
  expect(preflight.headers.get("access-control-allow-headers")).toBe("x-api-key");

  const type = { origin, "content-type": "text/plain;charset=UTF-8" };
  const { headers } = await call("POST", "/threads/search", "{}", type);
  expect(headers.get("access-control-allow-origin")).toBe(origin);
  const exposed = headers.get("access-control-expose-headers")?.toLowerCase().split(/, */);
  expect(exposed).toEqual(
    expect.arrayContaining(["content-location", "x-pagination-total", "x-pagination-next"]),
  );
});

test("keys are no fault where none are asked for", async () => {
  const { call } = await openDoor();
  for (const headers of [
    { "x-api-key": "k" },
    { authorization: "Bearer k" },
    { authorization: "Basic azo=" },
  ]) {
    expect((await call("POST", "/threads/search", {}, headers as Record<string, string>)).status).toBe(200);
  }
});
