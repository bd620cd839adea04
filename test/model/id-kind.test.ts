import { expect, test } from "vitest";
import { idKindOf } from "../../src/model/threads/id-kind.ts";

test("a UUID in lower case, of any version, is an id of a kind of its own", () => {
  expect(idKindOf("018f3c5e-7b2a-7000-8000-00000000000a")).toBe("uuid");
  expect(idKindOf("00000000-0000-0000-0000-000000000000")).toBe("uuid");
  for (const other of [
    "",
    "thread",
    "018F3C5E-7B2A-7000-8000-00000000000A",
    "018f3c5e7b2a7000800000000000000a",
    " 018f3c5e-7b2a-7000-8000-00000000000a",
    "018f3c5e-7b2a-7000-8000-00000000000a\n",
    "018f3c5e-7b2a-7000-8000-00000000000a\u0000",
  ]) {
    expect(idKindOf(other)).toBe("other");
  }
});
