/**
 * What an input is made of, as far as its length does not tell: the commas, colons and opening brackets in its texts and
 * bytes, for each of which decoding JSON takes up to 3 µs. Those in strings count too. Takes a nanosecond a byte.
 *
 * @param most where counting may stop
 */
export function piecesOf(input: unknown, most: number): number {
  if (typeof input === "string") return piecesOfText(input, most);
  if (input instanceof Uint8Array) return piecesOfBytes(input, most);
  if (typeof input !== "object" || input === null) return 0;
  let count = 0;
  for (const part of Object.values(input)) {
    count += piecesOf(part, most - count);
    if (count > most) break;
  }
  return count;
}

function piecesOfBytes(bytes: Uint8Array, most: number): number {
  let count = 0;
  for (let at = 0; at < bytes.length && count <= most; at += 1) {
    const byte = bytes[at]!;
    if (byte === COMMA || byte === COLON || byte === OPEN_BRACKET || byte === OPEN_BRACE) count += 1;
  }
  return count;
}

function piecesOfText(text: string, most: number): number {
  let count = 0;
  for (let at = 0; at < text.length && count <= most; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === COLON || code === OPEN_BRACKET || code === OPEN_BRACE) count += 1;
  }
  return count;
}

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
