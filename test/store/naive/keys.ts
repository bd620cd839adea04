import type { AccessKey, StoredKey } from "../../../src/model/access/access-key.ts";
import { AlreadyExistsError, NotFoundError } from "../../../src/store/errors.ts";
import type { KeyStore } from "../../../src/store/roles/keys.ts";

/** Keys, in the order they came. */
export function createNaiveKeys(mustBeOpen: () => void): KeyStore {
  const keys: StoredKey[] = [];
  const active = (name: string) => keys.find((key) => key.name === name && key.revokedAt === null);

  return {
    async createKey(key) {
      mustBeOpen();
      if (active(key.name)) throw new AlreadyExistsError(`the key ${key.name} is there`);
      keys.push({ ...key });
    },

    async revokeKey(idOrName, now) {
      mustBeOpen();
      const key = keys.find(({ id }) => id === idOrName) ?? active(idOrName);
      if (!key) throw new NotFoundError(`no key ${idOrName}`);
      key.revokedAt ??= now;
      return shown(key);
    },

    async hasKeys() {
      mustBeOpen();
      return keys.length > 0;
    },

    async listKeys() {
      mustBeOpen();
      const byCreation = (a: StoredKey, b: StoredKey) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
      return keys.toSorted(byCreation).map(shown);
    },

    async findKeys(prefix) {
      mustBeOpen();
      return keys.filter((key) => key.prefix === prefix).map((key) => ({ ...key }));
    },
  };
}

function shown({ digest: _, ...key }: StoredKey): AccessKey {
  return key;
}
