/** A number as `mantissa` times ten to the `power`. */
interface Decimal {
  mantissa: bigint;
  power: bigint;
}

/** Compares two JSON numbers by value, however large they are and however they are spelled. */
export function compareDigits(a: string, b: string): number {
  const [x, y] = [decimalOf(a), decimalOf(b)];
  if (signOf(x) !== signOf(y)) return signOf(x) - signOf(y);
  if (signOf(x) === 0) return 0;
  const heights = heightOf(x) - heightOf(y);
  if (heights !== 0n) return heights > 0n ? signOf(x) : -signOf(x);
  const digits = Math.max(lengthOf(x), lengthOf(y));
  const [left, right] = [x, y].map((each) => each.mantissa * 10n ** BigInt(digits - lengthOf(each)));
  return left === right ? 0 : left! > right! ? 1 : -1;
}

function decimalOf(digits: string): Decimal {
  const [number, power = "0"] = digits.toLowerCase().split("e");
  const [whole, fraction = ""] = number!.split(".");
  return { mantissa: BigInt(whole + fraction), power: BigInt(power) - BigInt(fraction.length) };
}

function signOf({ mantissa }: Decimal): number {
  if (mantissa === 0n) return 0;
  return mantissa > 0n ? 1 : -1;
}

/** The power of ten above the first digit. */
function heightOf(decimal: Decimal): bigint {
  return decimal.power + BigInt(lengthOf(decimal));
}

function lengthOf({ mantissa }: Decimal): number {
  return String(mantissa).replace("-", "").length;
}
