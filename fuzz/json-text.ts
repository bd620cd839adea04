import { mutateBytes } from "./odd.ts";
import type { Rng } from "./rng.ts";

/** A part of a document that is written as it is, whether it is JSON or not. */
export class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Writes a document; `noise` is how often a member is written twice, spaced or escaped otherwise. */
export function printNoisy(value: unknown, rng: Rng, noise: number): string {
  const isNoisy = () => noise > 0 && rng.chance(noise);
  function text(written: string): string {
    if (!isNoisy()) return JSON.stringify(written);
    const units = Array.from({ length: written.length }, (_, index) => written.charCodeAt(index));
    return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("")}"`;
  }
  function print(given: unknown): string {
    if (given instanceof Raw) return given.text;
    if (typeof given === "string") return text(given);
    if (Array.isArray(given)) return `[${given.map(print).join(isNoisy() ? " ,\n" : ",")}]`;
    if (typeof given !== "object" || given === null) return JSON.stringify(given) ?? "null";
    const members = Object.entries(given).map(([name, member]) => `${text(name)}:${print(member)}`);
    if (members.length > 0 && isNoisy()) members.push(rng.pick(members));
    return `{${members.join(isNoisy() ? "\t, " : ",")}}`;
  }
  return print(value);
}

/** The bytes of a JSON text, at times no longer a text or no longer JSON. */
export function breakText(text: string, rng: Rng): Buffer {
  const bytes = Buffer.from(text);
  switch (rng.below(6)) {
    case 0:
      return bytes.subarray(0, rng.below(bytes.length));
    case 1:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    case 2:
      return Buffer.concat([
        bytes,
        rng.pick([Buffer.from("}"), Buffer.from("\0"), bytes, Buffer.from([0xc3])]),
      ]);
    case 3:
      return replaceLetters(bytes, rng);
    case 4:
      return Buffer.from(text, "utf16le");
    default:
      return mutateBytes(bytes, rng);
  }
}

/** Broken UTF-8 where letters were: overlong, cut short, a surrogate, beyond Unicode. */
function replaceLetters(bytes: Buffer, rng: Rng): Buffer {
  const broken = rng.pick([[0xc0, 0x80], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80]]);
  const places = bytes.keys().filter((at) => bytes[at]! >= 0x61 && bytes[at]! <= 0x7a);
  const at = rng.pick([0, ...places]);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(broken), bytes.subarray(at)]);
}
