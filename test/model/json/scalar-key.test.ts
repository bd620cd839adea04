import fc from "fast-check";
import { expect, test } from "vitest";
import { compareNumbers, scalarKey } from "../../../src/model/json/scalar-key.ts";

function numberKey(digits: string): string {
  return scalarKey({ digits });
}

test.each([
  ["0", "-0", "0.0", "0e5", "-0.00E-7", "0e999999999999999"],
  ["2", "2.0", "20e-1", "0.2e1", "0.0002E+4", "2e0", "200e-02"],
  ["-120.5", "-120.50", "-1205e-1", "-1.205e2"],
  ["9007199254740993", "9007199254740993.0", "9.007199254740993e15"],
  ["1e400", "10e399", "0.1e401", "1E+400"],
  ["100", "1e2"],
])("%s is one number in all spellings", (...spellings) => {
  expect(new Set(spellings.map(numberKey)).size).toBe(1);
});

test("different values have different keys", () => {
  const numbers = "0 1 -1 10 100 0.1 0.01 9007199254740992 9007199254740993 1e400 1e401 -1e400 1e-400".split(
    " ",
  );
  const huge = ["1e99999999999999999999", "1e99999999999999999998"];
  const others = [null, true, false, "", "1", "1e0", "null", "true", '"', "0"];
  const keys = [...[...numbers, ...huge].map(numberKey), ...others.map(scalarKey)];
  expect(new Set(keys).size).toBe(keys.length);
});

test("numbers have one key exactly when they are equal as fractions, and compare like these", () => {
  const decimals = fc.record({
    mantissa: fc.oneof(fc.bigInt({ min: -200n, max: 200n }), fc.bigInt()),
    zeros: fc.nat({ max: 3 }),
    point: fc.nat({ max: 4 }),
    power: fc.integer({ min: -5, max: 5 }),
  });
  /** The value times 10^20, and one of its spellings. */
  const written = decimals.map(({ mantissa, zeros, point, power }) => {
    const all = `${mantissa < 0n ? -mantissa : mantissa}${"0".repeat(zeros)}`.padStart(point + 1, "0");
    const whole = all.slice(0, all.length - point);
    const digits = `${mantissa < 0n ? "-" : ""}${point > 0 ? `${whole}.${all.slice(-point)}` : whole}e${power}`;
    return { digits, scaled: mantissa * 10n ** BigInt(20 + zeros - point + power) };
  });
  fc.assert(
    fc.property(written, written, (a, b) => {
      expect(numberKey(a.digits) === numberKey(b.digits)).toBe(a.scaled === b.scaled);
      const order = a.scaled === b.scaled ? 0 : a.scaled < b.scaled ? -1 : 1;
      expect(Math.sign(compareNumbers(a, b)) + 0).toBe(order);
    }),
    { numRuns: 2000 },
  );
});

test("numbers that no double tells apart compare, whatever their size", () => {
  const ascending =
    "-1e401 -1e400 -9007199254740993 -9007199254740992 -1e-400 0 1e-401 1e-400 9007199254740992.5 9007199254740993 1e400 1.5e400";
  const numbers = ascending.split(" ").map((digits) => ({ digits }));
  expect(numbers.toReversed().toSorted(compareNumbers)).toEqual(numbers);
});
