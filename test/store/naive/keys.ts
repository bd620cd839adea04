import type { AccessKey, StoredKey } from "../../../src/model/access/access-key.ts";
import { AlreadyExistsError, NotFoundError } from "../../../src/store/errors.ts";
import type { KeyStore } from "../../../src/store/roles/keys.ts";
import type { NaiveData } from "./data.ts";
import { compareText } from "./order.ts";
import type { Plain } from "./plain.ts";

/** Keys, in the order they came. */
export function createNaiveKeys(data: NaiveData): Plain<KeyStore> {
  const active = (name: string) => data.keys.find((key) => key.name === name && key.revokedAt === null);

  return {
    createKey(key) {
      if (active(key.name)) throw new AlreadyExistsError(`the key ${key.name} is there`);
      data.keys.push({ ...key });
    },

    revokeKey(idOrName, now) {
      const key = data.keys.find(({ id }) => id === idOrName) ?? active(idOrName);
      if (!key) throw new NotFoundError(`no key ${idOrName}`);
      key.revokedAt ??= now;
      return shown(key);
    },

    hasKeys: () => data.keys.length > 0,

    listKeys: () =>
      data.keys.toSorted((a, b) => a.createdAt - b.createdAt || compareText(a.id, b.id)).map(shown),

    findKeys: (prefix) => data.keys.filter((key) => key.prefix === prefix).map((key) => ({ ...key })),
  };
}

function shown({ digest: _, ...key }: StoredKey): AccessKey {
  return key;
}
