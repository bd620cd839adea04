import fc from "fast-check";
import { expect, it } from "vitest";
import { laterId } from "../../src/model/threads/checkpoint.ts";

const first = "01890000-0000-7000-8000-000000000001";

it("takes a candidate that is greater than the latest id", () => {
  expect(laterId(first, null)).toBe(first);
  expect(laterId("01890000-0000-7000-8000-0000000000ff", first)).toBe("01890000-0000-7000-8000-0000000000ff");
});

it("else takes the id after the latest", () => {
  expect(laterId(first, first)).toBe("01890000-0000-7000-8000-000000000002");
  expect(laterId(first, "01890000-0000-7000-8000-ffffffffffff")).toBe("01890000-0000-7000-8001-000000000000");
});

it("grows with every step, whatever the candidates are", () => {
  fc.assert(
    fc.property(fc.array(fc.uuid({ version: 7 }), { minLength: 1 }), (candidates) => {
      let latest: string | null = null;
      for (const candidate of candidates) {
        const next = laterId(candidate, latest);
        if (latest !== null) expect(next > latest).toBe(true);
        expect(next).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        latest = next;
      }
    }),
  );
});
