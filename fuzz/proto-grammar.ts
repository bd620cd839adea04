import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { mutateBytes, oddText } from "./odd.ts";
import type { Rng } from "./rng.ts";
import type { Words } from "./words.ts";

/** How deep messages nest that nest in themselves. */
const MAX_DEPTH = 6;

/**
 * A protobuf message of random fields, encoded. `noise` is how often a field is of a value, a wire type or a number that
 * its descriptor does not allow.
 */
export function messageBytes(desc: DescMessage, rng: Rng, words: Words, noise: number, depth = 0): Buffer {
  const writer = new BinaryWriter();
  for (const field of fieldsOf(desc, rng, depth)) {
    if (rng.chance(noise / 4)) writeNoise(writer, field.number, rng);
    const isMany = field.fieldKind === "list" || field.fieldKind === "map";
    for (let count = isMany ? rng.pick([0, 1, 1, 2, 3]) : rng.chance(noise) ? 2 : 1; count > 0; count--) {
      writeField(writer, field, { rng, words, noise, depth });
    }
  }
  if (rng.chance(noise)) writeNoise(writer, rng.pick([0, 1, 99, 19_000, 2 ** 29 - 1]), rng);
  const bytes = Buffer.from(writer.finish());
  return rng.chance(noise / 4) ? mutateBytes(bytes, rng, 1) : bytes;
}

/** A protobuf message in its JSON form, of random fields. */
export function messageJson(desc: DescMessage, rng: Rng, words: Words, depth = 0): unknown {
  const known = wellKnown(desc, words);
  if (known !== undefined) return known;
  return Object.fromEntries(
    fieldsOf(desc, rng, depth).map((field) => {
      const name = rng.chance(0.8) ? field.jsonName : field.name;
      const value = () => jsonValue(field, rng, words, depth);
      if (field.fieldKind === "list") return [name, Array.from({ length: rng.from(0, 3) }, value)];
      return [name, field.fieldKind === "map" ? { a: value() } : value()];
    }),
  );
}

/** Without these a call asks nothing. */
const NEEDED = /^(thread_id|to_thread_id|role|content|strategy|feedback_type|minutes|messages|target|query)$/;

/** The fields that a message has: of a oneof one, seldom none or all. */
function fieldsOf(desc: DescMessage, rng: Rng, depth: number): DescField[] {
  return desc.members.flatMap((member) => {
    if (member.kind === "field") return isAbsent(member, rng, depth) ? [] : [member];
    const fields = member.fields.filter(({ message }) => !message || depth < MAX_DEPTH);
    const kind = rng.weighted({ one: 90, none: 8, all: 2 });
    return kind === "all" ? fields : kind === "one" && fields.length > 0 ? [rng.pick(fields)] : [];
  });
}

function isAbsent({ name, message }: DescField, rng: Rng, depth: number): boolean {
  if (message && depth >= MAX_DEPTH) return true;
  if (name === "page_token") return rng.chance(0.8);
  if (NEEDED.test(name)) return rng.chance(0.03 + depth / 20);
  return rng.chance(message ? 0.4 + depth / 10 : 0.45);
}

interface Context {
  rng: Rng;
  words: Words;
  noise: number;
  depth: number;
}

function writeField(writer: BinaryWriter, field: DescField, context: Context): void {
  const { rng, words, noise, depth } = context;
  if (rng.chance(noise / 4)) {
    writeNoise(writer, field.number, rng);
  } else if (field.fieldKind === "map") {
    // An entry is a message of a key and a value, here both texts: no map of the contract has others.
    const entry = new BinaryWriter().tag(1, WireType.LengthDelimited).string(rng.pick(["a", "first", ""]));
    entry.tag(2, WireType.LengthDelimited).string(asText(words(field.name)));
    writer.tag(field.number, WireType.LengthDelimited).bytes(entry.finish());
  } else if (field.message) {
    const bytes = messageBytes(field.message, rng, words, noise, depth + 1);
    writer.tag(field.number, WireType.LengthDelimited).bytes(bytes);
  } else if (field.enum) {
    // Mostly not the first, which says nothing.
    const { number } = rng.pick(rng.chance(0.1) ? field.enum.values : field.enum.values.slice(1));
    writer
      .tag(field.number, WireType.Varint)
      .int32(rng.chance(noise) ? rng.pick([-1, 99, 2 ** 31 - 1]) : number);
  } else if (field.scalar !== undefined) {
    writeScalar(writer, field, context);
  }
}

function writeScalar(writer: BinaryWriter, field: DescField, { rng, words, noise }: Context): void {
  const odd = rng.chance(noise);
  switch (field.scalar) {
    case ScalarType.STRING: {
      const text = odd ? oddText(rng) : asText(words(field.name));
      // Lone surrogates and other broken UTF-8 come as bytes, which the writer of strings would mend.
      const bytes = odd && rng.chance(0.2) ? Buffer.from([0xed, 0xa0, 0x80]) : Buffer.from(text);
      writer.tag(field.number, WireType.LengthDelimited).bytes(bytes);
      return;
    }
    case ScalarType.BYTES: {
      const hex = /^[\da-f]+$/.exec(asText(words(field.name)))?.[0];
      writer.tag(field.number, WireType.LengthDelimited);
      writer.bytes(hex && !odd ? Buffer.from(hex, "hex") : rng.bytes(rng.pick([0, 1, 8, 16, 17])));
      return;
    }
    case ScalarType.DOUBLE:
      writer
        .tag(field.number, WireType.Bit64)
        .double(odd ? rng.pick([NaN, Infinity, -0, 1e308]) : rng.next());
      return;
    case ScalarType.FLOAT:
      writer.tag(field.number, WireType.Bit32).float(odd ? rng.pick([NaN, -Infinity, -0]) : rng.next());
      return;
    case ScalarType.BOOL:
      writer.tag(field.number, WireType.Varint).bool(rng.chance(0.5));
      return;
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      writer.tag(field.number, WireType.Bit64).fixed64(odd ? 2n ** 64n - 1n : asInteger(words(field.name)));
      return;
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      writer.tag(field.number, WireType.Bit32).fixed32(odd ? 2 ** 32 - 1 : rng.below(20));
      return;
    case ScalarType.SINT32:
    case ScalarType.SINT64:
      writer.tag(field.number, WireType.Varint).sint64(odd ? -(2n ** 63n) : BigInt(rng.below(20)));
      return;
    default:
      writer.tag(field.number, WireType.Varint);
      writer.int64(
        odd ? rng.pick([-1n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n]) : asInteger(words(field.name)),
      );
  }
}

/** A field that its descriptor does not foresee. */
function writeNoise(writer: BinaryWriter, number: number, rng: Rng): void {
  switch (rng.below(5)) {
    case 0:
      writer
        .tag(number, WireType.Varint)
        .raw(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]));
      return;
    case 1:
      writer.tag(number, WireType.LengthDelimited).uint32(rng.pick([5, 1000, 2 ** 31 - 1, 2 ** 32 - 1]));
      return;
    case 2:
      writer.tag(number, WireType.StartGroup);
      if (rng.chance(0.5)) writer.tag(number, WireType.EndGroup);
      return;
    case 3:
      writer.raw(rng.bytes(3));
      return;
    default:
      writer.tag(number, WireType.Bit32).fixed32(rng.below(2 ** 31));
  }
}

function jsonValue(field: DescField, rng: Rng, words: Words, depth: number): unknown {
  if (field.message) return messageJson(field.message, rng, words, depth + 1);
  if (field.enum) return rng.chance(0.8) ? rng.pick(field.enum.values).name : rng.from(-1, 9);
  switch (field.scalar) {
    case ScalarType.STRING:
      return asText(words(field.name));
    case ScalarType.BYTES:
      return Buffer.from(asText(words(field.name)), "hex").toString("base64");
    case ScalarType.BOOL:
      return rng.chance(0.5);
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return rng.pick<unknown>([rng.next(), "NaN", "Infinity"]);
    default:
      return rng.chance(0.5) ? rng.below(20) : String(asInteger(words(field.name)));
  }
}

/** The types whose JSON form is no object of their fields. */
function wellKnown(desc: DescMessage, words: Words): unknown {
  switch (desc.typeName) {
    case "google.protobuf.Timestamp":
      return words("started_at");
    case "google.protobuf.Duration":
      return "1.5s";
    case "google.protobuf.FieldMask":
      return "title,tags";
    case "google.protobuf.Struct":
      return words("metadata");
    default:
      return undefined;
  }
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function asInteger(value: unknown): bigint {
  return /^\d{1,19}$/.test(String(value)) ? BigInt.asIntN(64, BigInt(String(value))) : 3n;
}
