import fc from "fast-check";
import { expect, test } from "vitest";
import { ID, openDoor } from "./open.ts";

/** A document no JavaScript object can hold: its keys' order, its digits, its names. */
const DOCUMENT =
  '{"10":1,"2":9007199254740993,"":1.0,"__proto__":{"constructor":-0},"a.b[0]":"\\u0001 \\" é 😀",' +
  '"big":123456789012345678901234567890.12345e-400,"toString":null}';

test("documents come back as they went in, digit by digit and key by key", async () => {
  const { call } = await openDoor();
  const { text } = await call("POST", "/threads", `{"thread_id":"${ID}","metadata":${DOCUMENT}}`);
  expect(text).toContain(`"metadata":${DOCUMENT}`);
  await call("POST", `/threads/${ID}/state`, `{"values":${DOCUMENT}}`);
  await call("PATCH", `/threads/${ID}`, '{"metadata":{"2":2.50,"new":1E5}}');
  const patched = `${DOCUMENT.replace("9007199254740993", "2.50").slice(0, -1)},"new":1E5}`;
  const thread = await call("GET", `/threads/${ID}`);
  expect(thread.text).toContain(`"metadata":${patched}`);
  expect(thread.text).toContain(`"values":${DOCUMENT}`);
  expect((await call("POST", "/threads/search", {})).text).toBe(`[${thread.text}]`);
  expect((await call("GET", `/threads/${ID}/state`)).text).toContain(`"values":${DOCUMENT}`);
  expect((await call("GET", `/threads/${ID}/history`)).text).toContain(`"values":${DOCUMENT}`);
});

test("a document is found by its exact digits", async () => {
  const { call } = await openDoor();
  await call("POST", "/threads", '{"metadata":{"n":9007199254740993}}');
  expect((await call("POST", "/threads/count", '{"metadata":{"n":9007199254740993}}')).json).toBe(1);
  expect((await call("POST", "/threads/count", '{"metadata":{"n":9007199254740992}}')).json).toBe(0);
});

test("of a repeated key the last value counts", async () => {
  const { call } = await openDoor();
  const { text } = await call(
    "POST",
    "/threads",
    '{"metadata":{"x":1},"metadata":{"a":{"b":1,"b":2},"c":3,"a":4}}',
  );
  expect(text).toContain('"metadata":{"a":4,"c":3}');
});

test("any JSON object is a thread's metadata", async () => {
  const { call } = await openDoor();
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), async (given) => {
      const metadata = JSON.parse(JSON.stringify(given));
      const { json } = await call("POST", "/threads", { metadata });
      expect(json).toMatchObject({ metadata });
    }),
    { numRuns: 50 },
  );
});

test("a body may be as large as the limit, and no larger", async () => {
  const limit = 100_000;
  const { call } = await openDoor(undefined, limit);
  const body = (size: number) => `{"metadata":{"k":"${"x".repeat(size - 21)}"}}`.padEnd(size);
  const largest = body(limit);
  expect(largest).toHaveLength(limit);
  expect((await call("POST", "/threads", largest)).status).toBe(200);
  const { status, json } = await call("POST", "/threads", body(limit + 1));
  expect([status, json]).toEqual([413, { detail: expect.any(String) }]);
});
