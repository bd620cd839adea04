import { Raw } from "./json-text.ts";
import { ODD_NAMES, oddText } from "./odd.ts";
import type { Rng } from "./rng.ts";

/** A document with something wrong in a few places: of the wrong type, missing, too much, too many, too deep. */
export function mutate(document: unknown, rng: Rng): unknown {
  let mutated = document;
  for (let count = rng.pick([1, 1, 1, 2, 3]); count > 0; count--) mutated = mutateOnce(mutated, rng);
  return mutated;
}

function mutateOnce(value: unknown, rng: Rng): unknown {
  if (typeof value !== "object" || value === null || value instanceof Raw) return odd(rng);
  const names = Object.keys(value);
  if (names.length === 0 || rng.chance(0.15)) return rng.chance(0.5) ? changed(value, rng) : odd(rng);
  const name = rng.pick(names);
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  copy[name] = mutateOnce(copy[name], rng);
  return copy;
}

/** An object or list with another member more or less. */
function changed(value: object, rng: Rng): unknown {
  if (Array.isArray(value)) {
    const items = [...value];
    if (rng.chance(0.3)) items.splice(rng.below(items.length + 1), 1);
    else if (rng.chance(0.1)) items.push(...many(rng));
    else items.splice(rng.below(items.length + 1), 0, odd(rng));
    return items;
  }
  const entries = Object.entries(value);
  if (rng.chance(0.4)) entries.splice(rng.below(entries.length + 1), 1);
  else entries.splice(rng.below(entries.length + 1), 0, [rng.pick(ODD_NAMES), odd(rng)]);
  return asObject(entries);
}

/** An object with all of these members, `__proto__` too. */
function asObject(entries: [string, unknown][]): object {
  const object = {};
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

/** Values that fit nowhere. */
function odd(rng: Rng): unknown {
  switch (rng.below(20)) {
    case 0:
      return null;
    case 1:
      return rng.chance(0.5);
    case 2:
      return {};
    case 3:
      return [];
    case 4:
      return rng.pick([[[]], [null], [{}], { a: {} }, [[0]]]);
    case 5:
    case 6:
    case 7:
      return rng.pick(ODD_NUMBERS);
    case 8:
      return deep(rng);
    case 9:
      return rng.chance(0.3) ? many(rng) : [1, "a", null];
    case 10:
      return new Raw(
        rng.pick(["NaN", "undefined", "01", "1.", ".5", "+1", "'a'", '"\\x"', "tru", "/**/1", ""]),
      );
    case 11:
      return { $literal: { $expr: {} } };
    default:
      return oddText(rng);
  }
}

const ODD_NUMBERS = [
  ...[0, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 63), 1e308, 5e-324],
  ...[
    "-0",
    "1e999",
    "-1e999",
    "1E+2",
    "1.0",
    "9007199254740993",
    "123456789012345678901234567890",
    "0.1e-400",
  ].map((digits) => new Raw(digits)),
  new Raw("9".repeat(400)),
  new Raw(`0.${"0".repeat(400)}1`),
];

/** Brackets that only nest. */
function deep(rng: Rng): Raw {
  const depth = rng.pick([30, 60, 101, 130, 999, 1002, 1002, 5000]);
  const [open, close] = rng.pick([
    ["[", "]"],
    ['{"a":', "}"],
    ['{"$not":[', "]}"],
  ] as const);
  return new Raw(
    open.repeat(depth) + (open.endsWith(":") ? "1" : "") + (rng.chance(0.9) ? close.repeat(depth) : ""),
  );
}

/** Thousands of values with a fault in each. */
function many(rng: Rng): unknown[] {
  const value = rng.pick<unknown>([{}, null, 0, [], "", { mode: "start" }, { a: 1 }, "not-a-uuid"]);
  return Array.from({ length: rng.pick([101, 1000, 1001, 5000]) }, () => value);
}
