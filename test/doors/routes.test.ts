import { beforeAll, describe, expect, test } from "vitest";
import { doors } from "../../src/server/doors.ts";
import { type AllDoors, openDoors } from "./id-limits/limits.ts";

let served: AllDoors;

beforeAll(async () => {
  served = await openDoors();
  return served.close;
});

const routes = doors.flatMap(({ routes = [] }) => routes);

test("every door over HTTP lists its routes, each of which is there once", () => {
  expect(doors.filter(({ http }) => http).every(({ routes = [] }) => routes.length > 0)).toBe(true);
  const names = routes.map(({ method, path }) => `${method} ${path}`);
  expect(names.length).toBeGreaterThan(50);
  expect(new Set(names).size).toBe(names.length);
});

/** Whether a type takes an empty object, in the one or the other form that the doors' readers make of it. */
function takesNothing(type: { safeParse(value: unknown): { success: boolean } }): boolean {
  return type.safeParse({}).success || type.safeParse(new Map()).success;
}

describe("an empty object is refused where the route says that it lacks something", () => {
  const refusing = routes.filter(({ body }) => body && !takesNothing(body.type));

  test("on many routes", () => expect(refusing.length).toBeGreaterThan(25));

  test.each(refusing)("$method $path", async ({ method, path }) => {
    const { status } = await served.send(
      method,
      path.replaceAll(/:\w+/g, "0198c2f0-7e11-7000-8000-0000000000aa"),
      {},
    );
    expect(status).toBe(422);
  });
});
