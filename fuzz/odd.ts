import type { Rng } from "./rng.ts";

/** Names of members that programs trip over. */
export const ODD_NAMES = [
  ...[
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "length",
    "",
    " ",
    "a.b",
    "$expr",
  ],
  ...["\u0000", "\ud800", "😀", "project_id", "id", "0", "-1", "x".repeat(300), "__type__", "then"],
];

const ODD_CHARACTERS = [
  ..."\u0000\u0001\n\r\t\"\\'%/?#&;:,.*{}[]()<>|`^~$!@+= ",
  ...[
    "\ud800",
    "\udfff",
    "\ufeff",
    "\ufffe",
    "\u202e",
    "\u2028",
    "é",
    "e\u0301",
    "日",
    "😀",
    "%00",
    "%zz",
    "%ff",
    "..",
  ],
];

const ODD_TEXTS = [
  ...["", " ", "null", "true", "0", "-1", "1e999", "NaN", "__proto__", "constructor", "../../etc/passwd"],
  ...["' OR 1=1 --", "%_%", "*", "a:*", "weave:///", "weave:///a/b/object/x:latest/attr/%zz", "{{}}", "#{a}"],
  ...["9999-12-31T23:59:59.999999Z", "0000-01-01", "2026-02-30T00:00:00Z", "1e20", "-62135596801", "P1D"],
  ...[
    "00000000-0000-0000-0000-000000000000",
    "{00000000-0000-4000-8000-000000000000}",
    "%2F",
    "a/b/c",
    "/",
    "//",
  ],
];

/** A text with something odd in it, at times a long one. */
export function oddText(rng: Rng): string {
  switch (rng.below(5)) {
    case 0:
      return rng.pick(ODD_TEXTS);
    case 1:
      return rng.pick(ODD_CHARACTERS).repeat(rng.pick([1, 1, 2, 200, 1025, rng.chance(0.1) ? 60_000 : 5]));
    case 2:
      return "x".repeat(
        rng.pick([
          101,
          256,
          1024,
          1025,
          4096,
          rng.chance(0.1) ? rng.pick([20_000, 300_000, 1_200_000]) : 2000,
        ]),
      );
    default:
      return Array.from({ length: rng.from(1, 8) }, () =>
        rng.pick([rng.pick(ODD_CHARACTERS), "a", "b"]),
      ).join("");
  }
}

/** Bytes with some of them changed, cut, doubled or moved; `count` such changes. */
export function mutateBytes(bytes: Buffer, rng: Rng, count = rng.from(1, 4)): Buffer {
  let mutated = Buffer.from(bytes);
  for (; count > 0; count--) {
    const at = rng.below(mutated.length + 1);
    const to = Math.min(mutated.length, at + rng.from(1, 8));
    switch (rng.below(6)) {
      case 0:
        if (at < mutated.length) mutated[at] = mutated[at]! ^ (1 << rng.below(8));
        break;
      case 1:
        if (at < mutated.length) mutated[at] = rng.pick([0, 0xff, 0x80, 0x7f, rng.below(256)]);
        break;
      case 2:
        mutated = Buffer.concat([mutated.subarray(0, at), rng.bytes(rng.from(1, 6)), mutated.subarray(at)]);
        break;
      case 3:
        mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(to)]);
        break;
      case 4:
        mutated = Buffer.concat([mutated.subarray(0, to), mutated.subarray(at)]);
        break;
      default:
        mutated = mutated.subarray(0, at);
    }
  }
  return mutated;
}

/** Bytes cut into pieces at random places. */
export function cut(bytes: Buffer, rng: Rng, most: number): Buffer[] {
  const count = rng.from(0, most - 1);
  const places = Array.from({ length: count }, () => rng.below(bytes.length + 1)).sort((a, b) => a - b);
  const pieces = [0, ...places].map((from, index) => bytes.subarray(from, places[index]));
  return pieces.filter(({ length }) => length > 0);
}
