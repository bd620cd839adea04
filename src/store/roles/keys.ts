import type { AccessKey, StoredKey } from "../../model/access/access-key.ts";
import type { Instant } from "../../model/base/instant.ts";

/** Keeps the keys that let callers in; they belong to no project. */
export interface KeyStore {
  /**
   * Stores a key; must raise `AlreadyExistsError` if another that is not revoked has its name. Durable when it resolves,
   * and seen by every read that starts after, of other processes too.
   */
  createKey(key: StoredKey): Promise<void>;
  /**
   * Revokes the key of this id, or else the one of this name that is not revoked, and returns it; once revoked, a key
   * stays as it is. Must raise `NotFoundError` if there is none. Durable and seen as `createKey` says.
   */
  revokeKey(idOrName: string, now: Instant): Promise<AccessKey>;
  /** Whether there ever was a key: once true it stays so. Costs a look-up. */
  hasKeys(): Promise<boolean>;
  /** All keys, revoked ones too, by (createdAt, id). */
  listKeys(): Promise<AccessKey[]>;
  /** The keys of a prefix, revoked ones too; seldom more than one. Costs a look-up: every request does it. */
  findKeys(prefix: string): Promise<StoredKey[]>;
}
