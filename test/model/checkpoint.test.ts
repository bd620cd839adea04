import fc from "fast-check";
import { expect, it } from "vitest";
import { laterId, nextCheckpoint, shownCheckpoint } from "../../src/model/threads/checkpoint.ts";
import { change } from "../store/record-builders.ts";

const FIRST = "01890000-0000-7000-8000-000000000001";

it("takes a candidate that is greater than the latest id", () => {
  expect(laterId(FIRST, null)).toBe(FIRST);
  expect(laterId("01890000-0000-7000-8000-0000000000ff", FIRST)).toBe("01890000-0000-7000-8000-0000000000ff");
});

it("else takes the id after the latest", () => {
  expect(laterId(FIRST, FIRST)).toBe("01890000-0000-7000-8000-000000000002");
  expect(laterId(FIRST, "01890000-0000-7000-8000-ffffffffffff")).toBe("01890000-0000-7000-8001-000000000000");
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

it("follows its base: what the change leaves out stays", () => {
  const first = nextCheckpoint(
    null,
    null,
    change({ checkpointId: FIRST, updates: ['{"a":1,"b":{"c":2}}'], next: ["n"], tasks: "[1]" }),
    7,
  );
  expect(first.checkpoint).toMatchObject({
    parentId: null,
    step: 0,
    values: '{"a":1,"b":{"c":2}}',
    interrupts: "{}",
  });
  const second = nextCheckpoint(first, FIRST, change({ updates: ['{"a":3}'], interrupts: '{"i":[]}' }), 8);
  expect(second.checkpoint).toMatchObject({
    parentId: FIRST,
    createdAt: 8,
    step: 1,
    values: '{"a":3,"b":{"c":2}}',
    next: ["n"],
    tasks: "[1]",
    interrupts: '{"i":[]}',
  });
  expect(second.values.get("b"), "what stays is not made anew").toBe(first.values.get("b"));
});

it("keeps the text of its base where nothing is updated, and has a greater id than the latest", () => {
  const checkpoint = {
    checkpointId: FIRST,
    parentId: null,
    createdAt: 7,
    values: '{ "a": 1.0 }',
    next: [],
    tasks: "[]",
    interrupts: "{}",
    step: 4,
    asNode: "n",
  };
  const base = { checkpoint, values: new Map() };
  const latest = "01890000-0000-7000-8000-0000000000ff";
  const { checkpoint: next } = nextCheckpoint(base, latest, change({ checkpointId: FIRST, updates: [] }), 8);
  expect(next).toMatchObject({ values: '{ "a": 1.0 }', step: 5, asNode: null });
  expect(next.checkpointId > latest).toBe(true);
  expect(shownCheckpoint(checkpoint)).not.toHaveProperty("step");
  expect(JSON.parse(shownCheckpoint(checkpoint).metadata)).toEqual({
    source: "update",
    step: 4,
    parents: {},
    as_node: "n",
  });
});
