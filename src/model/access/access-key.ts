import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { InvalidRequestError, type Violation } from "../base/errors.ts";
import { isLongId, MAX_ID_BYTES } from "../base/ids.ts";
import type { Instant } from "../base/instant.ts";
import { createUuid } from "../base/uuid.ts";

/** What a key may do, each all that the one before may: read, write, manage. */
export const KEY_ROLES = ["read", "write", "admin"] as const;

export type KeyRole = (typeof KEY_ROLES)[number];

/** A key that lets its holder in. */
export interface AccessKey {
  id: string;
  /** What people call it; of the keys that are not revoked each has another. */
  name: string;
  /** The projects it opens, at least one; null for all. */
  projects: string[] | null;
  role: KeyRole;
  /** How its secret starts: no secret in itself, so that a key can be recognised and found by it. */
  prefix: string;
  createdAt: Instant;
  /** Since when it opens nothing; null while it does. */
  revokedAt: Instant | null;
}

/** A key with what proves that someone holds it. */
export interface StoredKey extends AccessKey {
  /** The SHA-256 of its secret. */
  digest: Uint8Array;
}

/** What a new key is to be. */
export type KeyDraft = Pick<AccessKey, "name" | "projects" | "role">;

const SECRET_START = "sk_skein_";
const SECRET_BYTES = 32;
const PREFIX_LENGTH = SECRET_START.length + 8;
const SECRET = new RegExp(`^${SECRET_START}[\\w-]{43}$`);

const MAX_NAME_LENGTH = 100;

/**
 * Makes a key.
 *
 * @returns the key, and the secret that its holder sends; nothing else ever knows it
 * @throws InvalidRequestError when the name or a project can be none
 */
export function createAccessKey(draft: KeyDraft, now: Instant): { key: StoredKey; secret: string } {
  checkDraft(draft);
  const secret = SECRET_START + randomBytes(SECRET_BYTES).toString("base64url");
  const key: StoredKey = {
    ...draft,
    projects: draft.projects && [...new Set(draft.projects)],
    id: createUuid(now),
    prefix: secret.slice(0, PREFIX_LENGTH),
    createdAt: now,
    revokedAt: null,
    digest: digestOf(secret),
  };
  return { key, secret };
}

/** By which prefix the key of a secret is found; null when it cannot be the secret of a key. */
export function prefixOf(secret: string): string | null {
  return SECRET.test(secret) ? secret.slice(0, PREFIX_LENGTH) : null;
}

/** Whether a secret is that of a key which is not revoked. How long it takes says nothing of either. */
export function opens(secret: string, { digest, revokedAt }: StoredKey): boolean {
  return timingSafeEqual(digestOf(secret), digest) && revokedAt === null;
}

/** Whether a key opens a project; no key is needed (null) where a store has none. */
export function coversProject(key: AccessKey | null, projectId: string): boolean {
  return !key?.projects || key.projects.includes(projectId);
}

/** Whether a key may do what a role may; no key is needed (null) where a store has none. */
export function hasRole(key: AccessKey | null, role: KeyRole): boolean {
  return key === null || KEY_ROLES.indexOf(key.role) >= KEY_ROLES.indexOf(role);
}

function digestOf(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}

function checkDraft({ name, projects }: KeyDraft): void {
  const violations: Violation[] = [];
  if (name.trim() !== name || name === "" || name.length > MAX_NAME_LENGTH || /\p{Cc}/u.test(name)) {
    const message = `must have 1 to ${MAX_NAME_LENGTH} characters, no line breaks, and no spaces around it`;
    violations.push({ path: ["name"], message });
  }
  if (projects?.length === 0)
    violations.push({ path: ["projects"], message: "must name at least one, or be all" });
  for (const [index, project] of projects?.entries() ?? []) {
    if (project !== "" && !isLongId(project)) continue;
    violations.push({
      path: ["projects", index],
      message: `must have 1 to ${MAX_ID_BYTES} bytes`,
    });
  }
  if (violations.length > 0) throw new InvalidRequestError(violations);
}
