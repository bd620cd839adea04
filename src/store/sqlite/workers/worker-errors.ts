import { InvalidRequestError } from "../../../model/errors.ts";
import { WorkerEndedError } from "../../../worker/worker-client.ts";
import {
  AlreadyExistsError,
  NotFoundError,
  ReadOnlyThreadError,
  SnapshotExpiredError,
  StoreOpenError,
  StoreUnavailableError,
} from "../../errors.ts";
import { LargeThreadError } from "../records/remove-thread.ts";

/** What the store's threads may raise, as themselves. */
export const WORKER_ERRORS = [
  AlreadyExistsError,
  InvalidRequestError,
  LargeThreadError,
  NotFoundError,
  ReadOnlyThreadError,
  SnapshotExpiredError,
  StoreOpenError,
  StoreUnavailableError,
];

/** The end of a thread as the store's error; all others as they are. */
export function toStoreError(error: unknown): unknown {
  return error instanceof WorkerEndedError ? closedError(error) : error;
}

export function closedError(cause?: unknown): StoreUnavailableError {
  return new StoreUnavailableError("the store is closed or its thread ended", { cause });
}
