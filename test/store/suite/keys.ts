import { expect } from "vitest";
import { type AccessKey, createAccessKey, type StoredKey } from "../../../src/model/access/access-key.ts";
import { AlreadyExistsError, NotFoundError } from "../../../src/store/errors.ts";
import type { DefineTest } from "./describe-store.ts";

let made = 0;

/** A key of its own name, created at second 1, 2, 3 … */
function accessKey(given: Partial<StoredKey> = {}): StoredKey {
  made += 1;
  const { key } = createAccessKey(
    { name: `key ${made}`, projects: ["a/b", "ü"], role: "write" },
    made * 1_000_000,
  );
  return { ...key, ...given };
}

function shown({ digest: _, ...key }: StoredKey): AccessKey {
  return key;
}

/** Keys are kept as they were made, found by their prefix, and stay when they are revoked. */
export function keyTests(test: DefineTest): void {
  test("a store has keys from the first on, revoked or not, and is no less empty for it", async ({
    store,
  }) => {
    expect(await store.hasKeys()).toBe(false);
    expect(await store.listKeys()).toEqual([]);
    const key = accessKey();
    await store.createKey(key);
    expect(await store.hasKeys()).toBe(true);
    await store.revokeKey(key.id, 9);
    expect(await store.hasKeys()).toBe(true);
    expect(await store.isEmpty()).toBe(true);
  });

  test("keys are listed by creation without their digests, and found by prefix with them", async ({
    store,
  }) => {
    const all = [accessKey(), accessKey({ projects: null, role: "admin" }), accessKey({ role: "read" })];
    for (const key of all.toReversed()) await store.createKey(key);
    expect(await store.listKeys()).toEqual(all.map(shown));
    for (const key of all) {
      const [found, ...others] = await store.findKeys(key.prefix);
      expect(others).toEqual([]);
      expect({ ...found, digest: undefined }).toEqual({ ...key, digest: undefined });
      expect(Buffer.from(found!.digest)).toEqual(Buffer.from(key.digest));
    }
    expect(await store.findKeys("sk_skein_")).toEqual([]);
  });

  test("keys may share a prefix", async ({ store }) => {
    const [one, two] = [accessKey({ prefix: "same" }), accessKey({ prefix: "same" })];
    await store.createKey(one);
    await store.createKey(two);
    const found = await store.findKeys("same");
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set([one.id, two.id]));
  });

  test("a name is one key's until that is revoked", async ({ store }) => {
    const first = accessKey({ name: "ci" });
    await store.createKey(first);
    await expect(store.createKey(accessKey({ name: "ci" }))).rejects.toThrow(AlreadyExistsError);
    expect(await store.listKeys()).toEqual([shown(first)]);
    await store.revokeKey("ci", 5);
    const second = accessKey({ name: "ci" });
    await store.createKey(second);
    expect(await store.revokeKey("ci", 6)).toEqual(shown({ ...second, revokedAt: 6 }));
    expect(await store.listKeys()).toEqual([
      shown({ ...first, revokedAt: 5 }),
      shown({ ...second, revokedAt: 6 }),
    ]);
  });

  test("of several at once with one name one is taken", async ({ store }) => {
    const attempts = [1, 2, 3].map(() => store.createKey(accessKey({ name: "one" })));
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await store.listKeys()).toHaveLength(1);
  });

  test("a key is revoked by id before name, and only once", async ({ store }) => {
    const key = accessKey();
    const namesake = accessKey({ name: key.id });
    await store.createKey(key);
    await store.createKey(namesake);
    expect(await store.revokeKey(key.id, 7)).toEqual(shown({ ...key, revokedAt: 7 }));
    expect(await store.revokeKey(key.id, 8)).toEqual(shown({ ...key, revokedAt: 7 }));
    expect(await store.findKeys(key.prefix)).toMatchObject([{ revokedAt: 7 }]);
    expect(await store.findKeys(namesake.prefix)).toMatchObject([{ revokedAt: null }]);
  });

  test("an unknown key, or the name of a revoked one, cannot be revoked", async ({ store }) => {
    const key = accessKey();
    await expect(store.revokeKey("nobody", 1)).rejects.toThrow(NotFoundError);
    await store.createKey(key);
    await store.revokeKey(key.name, 1);
    await expect(store.revokeKey(key.name, 2)).rejects.toThrow(NotFoundError);
  });

  test("keys outlive the store", async (handle, context) => {
    if (!handle.reopen) return context.skip("nothing outlives a close of this store");
    const key = accessKey();
    await handle.store.createKey(key);
    const reopened = await handle.reopen();
    expect(await reopened.listKeys()).toEqual([shown(key)]);
  });
}
