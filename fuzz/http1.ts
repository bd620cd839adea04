/** A request of HTTP/1.1, as it is written on the wire. Its framing is whatever the headers say. */
export function requestBytes(
  method: string,
  target: string,
  headers: [string, string][],
  body: Buffer,
): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`, "latin1"), body]);
}

/** Pieces of a body in the chunked coding. */
export function chunked(pieces: Buffer[]): Buffer {
  const chunks = pieces.filter(({ length }) => length > 0);
  return Buffer.concat([
    ...chunks.flatMap((piece) => [
      Buffer.from(`${piece.length.toString(16)}\r\n`),
      piece,
      Buffer.from("\r\n"),
    ]),
    Buffer.from("0\r\n\r\n"),
  ]);
}
