import { compareCodePoints } from "../base/code-points.ts";
import { isJsonNumber, isJsonObject, type JsonNumber, type JsonValue } from "./value.ts";

/**
 * The text that Python's `json.dumps(value, sort_keys=True)` makes of a value: keys in the order of code points, a space
 * after `,` and `:`, ASCII only, floats as the shortest digits that give the same double. A number that no double holds
 * keeps its digits.
 */
export function printLikePython(value: JsonValue): string {
  if (typeof value === "string") return printAscii(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(printLikePython).join(", ")}]`;
  if (isJsonNumber(value)) return printNumber(value);
  if (!isJsonObject(value)) return value;
  const members = [...value].toSorted(([a], [b]) => compareCodePoints(a, b));
  return `{${members.map(([key, member]) => `${printAscii(key)}: ${printLikePython(member)}`).join(", ")}}`;
}

function printAscii(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Python prints a float with an exponent below 1e-4 and from 1e16 on, JavaScript elsewhere. */
function printNumber({ digits }: JsonNumber): string {
  if (/^-?\d+$/.test(digits)) return digits === "-0" ? "0" : digits;
  const float = Number(digits);
  if (!Number.isFinite(float)) return digits;
  if (float === 0) return Object.is(float, 0) ? "0.0" : "-0.0";
  const [mantissa, exponent] = float.toExponential().split("e") as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return Number.isInteger(float) ? `${float}.0` : String(float);
}
