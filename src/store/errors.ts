import { OverloadedError } from "../model/base/errors.ts";
import { quoted } from "../model/base/quoted.ts";
import { type ObjectKey, printObjectVersion } from "../model/content/content.ts";

/** More work is waiting than the store is configured to hold; nothing was done, trying again later helps. */
export class StoreBusyError extends OverloadedError {
  override readonly name = "StoreBusyError";
}

/** The storage cannot be reached, read or written: closed, a full disk, a lost file. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
}

/** The error for a store that is closed, or whose worker ended. */
export function storeClosed(cause?: unknown): StoreUnavailableError {
  return new StoreUnavailableError("the store is closed or its worker ended", { cause });
}

/** A read outlived the time its snapshot may be held. */
export class SnapshotExpiredError extends Error {
  override readonly name = "SnapshotExpiredError";
}

/** Something of this identity is there already. */
export class AlreadyExistsError extends Error {
  override readonly name = "AlreadyExistsError";
}

/** What was named is not there; the message is `Thread with ID … not found`, or the same of another thing. */
export class NotFoundError extends Error {
  override readonly name = "NotFoundError";
}

/** A chat takes no messages, since it is read-only. */
export class ReadOnlyThreadError extends Error {
  override readonly name = "ReadOnlyThreadError";
}

/** The error for a chat that takes no messages. */
export function threadReadOnly(threadId: string): ReadOnlyThreadError {
  return new ReadOnlyThreadError(`Thread with ID ${quoted(threadId)} is read-only`);
}

/** The error for a thread that is not there. */
export function threadNotFound(threadId: string): NotFoundError {
  return new NotFoundError(`Thread with ID ${quoted(threadId)} not found`);
}

/** The error for a checkpoint that its thread does not have. */
export function checkpointNotFound(checkpointId: string): NotFoundError {
  return new NotFoundError(`Checkpoint with ID ${quoted(checkpointId)} not found`);
}

/** The error for a file that its project does not have. */
export function fileNotFound(digest: string): NotFoundError {
  return new NotFoundError(`File with digest ${quoted(digest)} not found`);
}

/** The error for a value, of an object or of a row, that its project does not have. */
export function documentNotFound(digest: string): NotFoundError {
  return new NotFoundError(`Content with digest ${quoted(digest)} not found`);
}

/** The error for an object that its project does not have, or not in this version. */
export function objectNotFound(objectId: string, version: ObjectKey["version"] | null): NotFoundError {
  return new NotFoundError(
    `Obj ${quoted(objectId)}${version === null ? "" : `:${quoted(printObjectVersion(version))}`} not found`,
  );
}

/** The error for a key that is not there. */
export function keyNotFound(idOrName: string): NotFoundError {
  return new NotFoundError(`There is no key with the ID or name "${quoted(idOrName)}"`);
}

/** The database cannot be opened as it is; the message says why, in one line for people. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";
}
