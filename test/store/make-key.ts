import { createAccessKey, type KeyDraft } from "../../src/model/access/access-key.ts";
import type { KeyStore } from "../../src/store/roles/keys.ts";

let made = 0;

/** Gives a store a key, by default one that may write everywhere; returns its secret. */
export async function makeKey(store: KeyStore, given: Partial<KeyDraft> = {}): Promise<string> {
  made += 1;
  const draft: KeyDraft = { name: `key ${made}`, projects: null, role: "write", ...given };
  const { key, secret } = createAccessKey(draft, made);
  await store.createKey(key);
  return secret;
}
