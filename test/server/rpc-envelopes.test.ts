import fc from "fast-check";
import { expect, test } from "vitest";
import { withCheckedEnvelopes } from "../../src/server/rpc-envelopes.ts";

type Request = Parameters<typeof withCheckedEnvelopes>[0];

/** What is passed on of a gRPC body that comes in parts. */
async function passedOn(parts: Iterable<Uint8Array>): Promise<Uint8Array[]> {
  const request: Request = {
    httpVersion: "2",
    method: "POST",
    url: "http://localhost/",
    header: new Headers({ "content-type": "application/grpc" }),
    body: (async function* () {
      yield* parts;
    })(),
    signal: new AbortController().signal,
  };
  const { body } = withCheckedEnvelopes(request);
  return Array.fromAsync(body as AsyncIterable<Uint8Array>);
}

function envelope(message: Uint8Array, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

test("bytes are passed on as they are, wherever they are cut", async () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 50 });
  const sizes = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(sizes, cuts, async (lengths, lengthsOfParts) => {
      const body = Buffer.concat(lengths.map((length, at) => envelope(Buffer.alloc(length, at), at % 2)));
      const parts: Buffer[] = [];
      for (let at = 0, part = 0; at < body.length; part++) {
        const length = lengthsOfParts[part % lengthsOfParts.length]!;
        parts.push(body.subarray(at, at + length));
        at += length;
      }
      expect(Buffer.concat(await passedOn(parts)).equals(body)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("a message in tiny parts is passed on in few", async () => {
  const body = envelope(Buffer.alloc(200_000, "x"));
  const parts = Array.from(body, (byte) => Uint8Array.of(byte));
  expect((await passedOn(parts)).length).toBeLessThan(40);
});

test("a message is passed on with its last part, before another comes", async () => {
  const [head, rest] = [envelope(Buffer.from("hello")).subarray(0, 7), Buffer.from("llo")];
  const seen: string[] = [];
  await passedOn(
    (function* () {
      yield head;
      seen.push("asked for more");
      yield rest;
      seen.push("asked for another message");
    })(),
  );
  expect(seen).toEqual(["asked for more", "asked for another message"]);
});

test.each([
  ["a message with flags of no client", envelope(Buffer.alloc(1), 0x02), /flags 2/],
  ["a request of half a head", Buffer.alloc(3), /incomplete/],
  ["a head without its message", Buffer.from([0, 0, 0, 0, 9]), /incomplete/],
])("%s is refused", async (_name, body, message) => {
  await expect(passedOn([body])).rejects.toThrow(message);
});
