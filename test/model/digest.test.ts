import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { createDigest, documentDigest, tableDigest } from "../../src/model/content/digest.ts";
import { parseJson } from "../../src/model/json/parse.ts";
import { printLikePython } from "../../src/model/json/python.ts";

const read = (text: string) => parseJson(text, [], { loneSurrogates: true });

describe("the text Python prints", () => {
  // Each pair as Python 3's json.dumps(json.loads(text), sort_keys=True) has it.
  it.each([
    ['{"b":1,"a":[true,null,"x"]}', '{"a": [true, null, "x"], "b": 1}'],
    ['{"\\ud83d\\ude00":1,"\\uff5e":2}', '{"\\uff5e": 2, "\\ud83d\\ude00": 1}'],
    ['"é\\u007f\\u0001\\n\\t\\b\\f\\r\\"\\\\/"', '"\\u00e9\\u007f\\u0001\\n\\t\\b\\f\\r\\"\\\\/"'],
    ['"\\ud83d"', '"\\ud83d"'],
    [
      "[1.0,1.50,1e2,-0.0,-0,0.0,12345678901234567890]",
      "[1.0, 1.5, 100.0, -0.0, 0, 0.0, 12345678901234567890]",
    ],
    [
      "[1e15,1e16,1.5e300,123456789012345680.0]",
      "[1000000000000000.0, 1e+16, 1.5e+300, 1.2345678901234568e+17]",
    ],
    ["[0.0001,0.00001,1e-7,2.5e-10]", "[0.0001, 1e-05, 1e-07, 2.5e-10]"],
    ["[[],{}]", "[[], {}]"],
  ])("of %s", (text, printed) => {
    expect(printLikePython(read(text))).toBe(printed);
  });
});

describe("a digest", () => {
  it("of bytes does not depend on the pieces they come in, and has only letters and digits", () => {
    const digestOf = (...pieces: string[]) => {
      const digest = createDigest();
      for (const piece of pieces) digest.add(Buffer.from(piece));
      return digest.finish();
    };
    expect(digestOf("a", "bc")).toBe(digestOf("abc"));
    expect(digestOf("abc")).toBe("ungWv48BzXpBQUDeXa4iI7ADYaOWF3qctBDYYfIAFa0");
    for (let i = 0; i < 200; i++) expect(digestOf(`${i}`)).toMatch(/^[A-Za-z0-9]{43}$/);
  });

  it("of a value depends on neither the order of its keys nor white space", () => {
    expect(documentDigest(read('{"a":1,"b":2}'))).toBe(documentDigest(read('{ "b": 2, "a": 1 }')));
    expect(documentDigest(read('{"a":1}'))).not.toBe(documentDigest(read('{"a":1.0}')));
  });

  it("of a table is made of its rows' digests in order", () => {
    expect(tableDigest(["a", "bc"])).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(tableDigest([])).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });
});
