import type { AccessKey, KeyRole, StoredKey } from "../../../model/access/access-key.ts";
import type { Instant } from "../../../model/base/instant.ts";
import { AlreadyExistsError, keyNotFound } from "../../errors.ts";
import { type Database, prepared } from "../connection/database.ts";

interface KeyRow {
  id: string;
  name: string;
  projects: string | null;
  role: KeyRole;
  prefix: string;
  digest: Uint8Array;
  createdAt: number;
  revokedAt: number | null;
}

const SELECT = `SELECT key_id AS id, name, projects, role, prefix, digest, created_at AS createdAt,
  revoked_at AS revokedAt FROM access_key`;

/** Makes the functions that write keys inside the caller's transaction. */
export function createKeyWrites(db: Database) {
  const add = db.prepare(
    `INSERT INTO access_key (key_id, name, projects, role, prefix, digest, created_at, revoked_at)
     VALUES ($id, $name, $projects, $role, $prefix, $digest, $createdAt, $revokedAt)
     ON CONFLICT DO NOTHING`,
  );
  const find = db.prepare<{ idOrName: string }, KeyRow>(
    `${SELECT} WHERE key_id = $idOrName OR (name = $idOrName AND revoked_at IS NULL)
     ORDER BY key_id = $idOrName DESC LIMIT 1`,
  );
  const revoke = db.prepare<[number, string]>(
    "UPDATE access_key SET revoked_at = ? WHERE key_id = ? AND revoked_at IS NULL",
  );

  return {
    createKey(key: StoredKey): void {
      const projects = key.projects && JSON.stringify(key.projects);
      const { changes } = add.run({ ...key, projects });
      if (changes === 0) throw new AlreadyExistsError(`There is a key "${key.name}" already`);
    },

    revokeKey({ idOrName, now }: { idOrName: string; now: Instant }): AccessKey {
      const row = find.get({ idOrName });
      if (!row) throw keyNotFound(idOrName);
      revoke.run(now, row.id);
      return withoutDigest({ ...row, revokedAt: row.revokedAt ?? now });
    },
  };
}

/** Whether there is a key, revoked or not. */
export function hasKeys(db: Database): boolean {
  return prepared(db, "SELECT 1 FROM access_key LIMIT 1").get() !== undefined;
}

/** All keys, the oldest first. */
export function listKeys(db: Database): AccessKey[] {
  return prepared<KeyRow>(db, `${SELECT} ORDER BY created_at, key_id`).all().map(withoutDigest);
}

/** The keys that begin so. */
export function findKeys(db: Database, prefix: string): StoredKey[] {
  return prepared<KeyRow>(db, `${SELECT} WHERE prefix = ?`).all(prefix).map(toStoredKey);
}

function toStoredKey(row: KeyRow): StoredKey {
  return { ...row, projects: row.projects === null ? null : JSON.parse(row.projects) };
}

function withoutDigest(row: KeyRow): AccessKey {
  const { digest: _, ...key } = toStoredKey(row);
  return key;
}
