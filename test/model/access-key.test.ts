import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import {
  coversProject,
  createAccessKey,
  hasRole,
  KEY_ROLES,
  opens,
  prefixOf,
} from "../../src/model/access/access-key.ts";
import { InvalidRequestError } from "../../src/model/base/errors.ts";

const draft = { name: "ci", projects: ["a/b", "c", "c"], role: "write" } as const;
const make = (given: Partial<Parameters<typeof createAccessKey>[0]> = {}) =>
  createAccessKey({ ...draft, projects: [...draft.projects], ...given }, 5_000_000);

test("a key knows its secret by the SHA-256 alone", () => {
  const { key, secret } = make();
  expect(secret).toMatch(/^sk_skein_[\w-]{43}$/);
  expect(Buffer.from(key.digest).toString("hex")).toBe(createHash("sha256").update(secret).digest("hex"));
  expect(key).toMatchObject({
    name: "ci",
    projects: ["a/b", "c"],
    role: "write",
    createdAt: 5_000_000,
    revokedAt: null,
  });
  expect(secret.startsWith(key.prefix)).toBe(true);
  expect(secret.length - key.prefix.length).toBe(35);
  expect(make().secret).not.toBe(secret);
});

test("its secret opens it, another of the same prefix or one revoked does not", () => {
  const { key, secret } = make();
  const last = secret.at(-1) === "A" ? "B" : "A";
  expect(prefixOf(secret)).toBe(key.prefix);
  expect(opens(secret, key)).toBe(true);
  expect(opens(secret.slice(0, -1) + last, key)).toBe(false);
  expect(opens(secret, { ...key, revokedAt: 6 })).toBe(false);
});

test.each([
  "",
  "sk_skein_",
  `sk_skein_${"x".repeat(42)}`,
  `sk_skein_${"x".repeat(44)}`,
  `sk_other_${"x".repeat(43)}`,
])("%j is the secret of no key", (secret) => expect(prefixOf(secret)).toBeNull());

test("a key covers its projects by their whole names", () => {
  const { key } = make();
  expect(["a/b", "c"].every((project) => coversProject(key, project))).toBe(true);
  expect(["a", "a/b/c", "A/B", "", "default"].some((project) => coversProject(key, project))).toBe(false);
  expect(coversProject(make({ projects: null }).key, "any")).toBe(true);
  expect(coversProject(null, "any")).toBe(true);
});

test("each role may do what the ones before it may", () => {
  const allowed = KEY_ROLES.map((role) => KEY_ROLES.filter((needed) => hasRole(make({ role }).key, needed)));
  expect(allowed).toEqual([["read"], ["read", "write"], ["read", "write", "admin"]]);
  expect(hasRole(null, "admin")).toBe(true);
});

test.each([
  { name: "" },
  { name: " ci" },
  { name: "two\nlines" },
  { name: "x".repeat(101) },
  { projects: [] },
  { projects: [""] },
  { projects: ["ü".repeat(513)] },
])("%j is refused", (given) => expect(() => make(given)).toThrow(InvalidRequestError));
