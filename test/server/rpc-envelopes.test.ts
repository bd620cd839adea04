import fc from "fast-check";
import { expect, test } from "vitest";
import { envelopesOf } from "../../src/server/rpc-envelopes.ts";

/** What is passed on of a gRPC body that comes in parts. */
function passedOn(parts: Iterable<Uint8Array>): Uint8Array[] {
  const envelopes = envelopesOf("application/grpc")!;
  const passed = [...parts].flatMap((part) => envelopes.add(part));
  envelopes.end();
  return passed;
}

function envelope(message: Uint8Array, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

test("bytes are passed on as they are, wherever they are cut", () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 50 });
  const sizes = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 4 });
  fc.assert(
    fc.property(sizes, cuts, (lengths, lengthsOfParts) => {
      const body = Buffer.concat(lengths.map((length, at) => envelope(Buffer.alloc(length, at), at % 2)));
      const parts: Buffer[] = [];
      for (let at = 0, part = 0; at < body.length; part++) {
        const length = lengthsOfParts[part % lengthsOfParts.length]!;
        parts.push(body.subarray(at, at + length));
        at += length;
      }
      expect(Buffer.concat(passedOn(parts)).equals(body)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("a message in tiny parts is passed on in few", () => {
  const body = envelope(Buffer.alloc(200_000, "x"));
  const parts = Array.from(body, (byte) => Uint8Array.of(byte));
  expect(passedOn(parts).length).toBeLessThan(40);
});

test("a message is passed on with its last part, before another comes", () => {
  const [head, rest] = [envelope(Buffer.from("hello")).subarray(0, 7), Buffer.from("llo")];
  const envelopes = envelopesOf("application/grpc")!;
  expect(envelopes.add(head)).toEqual([head]);
  expect(envelopes.add(rest)).toEqual([rest]);
});

test.each([
  ["a message with flags of no client", envelope(Buffer.alloc(1), 0x02), /flags 2/],
  ["a request of half a head", Buffer.alloc(3), /incomplete/],
  ["a head without its message", Buffer.from([0, 0, 0, 0, 9]), /incomplete/],
])("%s is refused", (_name, body, message) => {
  expect(() => passedOn([body])).toThrow(message);
});
