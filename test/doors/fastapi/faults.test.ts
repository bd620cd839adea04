import { expect, test } from "vitest";
import { z } from "zod";
import { type Detail, UnprocessableError } from "../../../src/doors/fastapi/fault.ts";
import { dictOf, list, text, texts } from "../../../src/doors/fastapi/types.ts";
import { validate } from "../../../src/doors/fastapi/validate.ts";
import { check } from "../../../src/doors/langgraph/decode-body.ts";
import {
  list as exactList,
  object as exactObject,
  text as exactText,
} from "../../../src/doors/langgraph/types.ts";
import { InvalidRequestError, TOO_MANY_FAULTS } from "../../../src/model/base/errors.ts";

const MANY = 100_000;
const TOO_MANY = { type: "too_many_errors", loc: ["body"], msg: TOO_MANY_FAULTS, input: null };

/** A type of values that are wrong every `period` times they are looked at, and how often that was. */
function counting(period = 1) {
  const looks = { count: 0 };
  const isRight = () => {
    looks.count += 1;
    return looks.count % period !== 0;
  };
  const type = z.unknown().refine(isRight, { params: { type: "wrong", msg: "Is wrong" } });
  return { looks, type };
}

function detailOf(type: z.ZodType, value: unknown): Detail[] {
  try {
    validate(type, value, ["body"]);
  } catch (error) {
    if (error instanceof UnprocessableError) return error.detail;
    throw error;
  }
  return [];
}

test("a list is looked at until a hundred faults are told", () => {
  for (const period of [1, 7]) {
    const { looks, type } = counting(period);
    const detail = detailOf(list(type, { maxLength: MANY }), Array(MANY).fill({}));
    expect(looks.count).toBe(101 * period);
    expect(detail).toHaveLength(101);
    expect(detail.at(-1)).toEqual(TOO_MANY);
  }
});

test("a hundred faults are all told, with no word of more", () => {
  const detail = detailOf(list(text(), { maxLength: MANY }), [...Array(100).fill(1), "", ""]);
  expect(detail).toHaveLength(100);
  expect(detail).not.toContainEqual(TOO_MANY);
});

test("the faults of all lists of a body count together", () => {
  const { looks, type } = counting();
  const inner = list(type, { maxLength: MANY });
  const body = z.object({ a: inner, b: list(z.object({ c: inner }), { maxLength: MANY }), d: inner });
  const many = Array(60).fill(1);
  const detail = detailOf(body, { a: many, b: Array(MANY).fill({ c: many }), d: Array(MANY).fill(1) });
  expect(looks.count).toBe(101);
  expect(detail.filter(({ loc }) => loc[1] === "b")).toHaveLength(40);
  expect(detail.at(-1)).toEqual(TOO_MANY);
});

test("what one body spent is not missing for the next", () => {
  const type = list(text(), { maxLength: MANY });
  detailOf(type, Array(MANY).fill(1));
  expect(detailOf(type, [1, 2])).toHaveLength(2);
  expect(() => check(exactList(exactText()), Array(MANY).fill(1))).toThrow(TOO_MANY_FAULTS);
  expect(() => check(exactList(exactText()), [1])).toThrow(/^0: must be a string$/);
});

test.each<[string, z.ZodType, unknown]>([
  ["texts", texts(), Array(MANY).fill(1)],
  ["members", dictOf(() => ({ fault: { type: "x", msg: "y" } }), { maxLength: MANY }), members()],
  ["unknown keys", z.strictObject({}), members()],
  ["things that are no object", list(z.object({}), { maxLength: MANY }), Array(MANY).fill(1)],
  [
    "things of no kind",
    list(z.discriminatedUnion("a", [z.object({ a: z.literal(1) })]), { maxLength: MANY }),
    Array(MANY).fill({}),
  ],
])("of %s a hundred are told", (_what, type, value) => {
  const detail = detailOf(type, value);
  expect(detail).toHaveLength(101);
  expect(detail.at(-1)).toEqual(TOO_MANY);
});

test("exact values are looked at no further either", () => {
  const { looks, type } = counting();
  const body = new Map([["a", Array(MANY).fill(new Map([["b", [1, 2]]]))]]);
  const wrong = () => check(exactObject({ a: exactList(exactObject({ b: exactList(type) })) }), body);
  expect(wrong).toThrow(InvalidRequestError);
  expect(wrong).toThrow(TOO_MANY_FAULTS);
  expect(looks.count).toBe(2 * 101);
});

function members() {
  return Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, index]));
}
