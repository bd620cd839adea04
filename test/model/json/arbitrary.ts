import fc from "fast-check";
import {
  isJsonNumber,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../../src/model/json/value.ts";

const keys = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("a", "b", "c", "", "__proto__", "a.b", "a[0]", '"', "2", "1", "é"),
  },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme" }) },
);

const numbers = fc
  .oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom("0", "-0", "1", "1.0", "10e-1", "2", "1e2", "100", "0.10", "1E-1"),
    },
    { weight: 1, arbitrary: fc.constantFrom("9007199254740992", "9007199254740993", "1e400", "-1.50e+3") },
    { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  )
  .map((digits) => ({ digits }));

const strings = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("", "a", "1", "null", "é", '\u0000\n\t\\"/', "😀") },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 60 }) },
);

const { value, object } = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    fc.oneof(fc.constantFrom(null, true, false), numbers, strings),
    fc.array(tie("value"), { maxLength: 5 }),
    tie("object"),
  ),
  object: fc.array(fc.tuple(keys, tie("value")), { maxLength: 5 }).map((members) => new Map(members)),
}));

/** Any JSON value, with keys and scalars that often meet again. */
export const jsonValues: fc.Arbitrary<JsonValue> = value;

/** Any JSON object. */
export const jsonObjects: fc.Arbitrary<JsonObject> = object;

/** A value that another one contains: with members and elements left out, repeated, in another order or spelling. */
export function partOf(whole: JsonValue): fc.Arbitrary<JsonValue> {
  if (isJsonObject(whole)) return partOfObject(whole);
  if (Array.isArray(whole)) {
    return fc
      .shuffledSubarray(whole)
      .chain((some) => fc.tuple(...[...some, ...some.slice(0, 1)].map(partOf)) as fc.Arbitrary<JsonValue[]>);
  }
  return isJsonNumber(whole) ? fc.constantFrom(...respelled(whole.digits)) : fc.constant(whole);
}

/** An object that another one contains. */
export function partOfObject(whole: JsonObject): fc.Arbitrary<JsonObject> {
  return fc
    .shuffledSubarray([...whole])
    .chain((some) => fc.tuple(...some.map(([key, member]) => fc.tuple(fc.constant(key), partOf(member)))))
    .map((members) => new Map(members));
}

function respelled(digits: string): { digits: string }[] {
  const spellings = /[eE]/.test(digits) ? [digits] : [digits, `${digits}e0`];
  if (/^-?\d+$/.test(digits)) spellings.push(`${digits}.00`, `${digits}0E-1`);
  return spellings.map((spelling) => ({ digits: spelling })).filter((number) => !/^-?00/.test(number.digits));
}
