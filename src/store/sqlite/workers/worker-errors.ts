import { InvalidRequestError } from "../../../model/base/errors.ts";
import { WorkerEndedError } from "../../../workers/worker-client.ts";
import {
  AlreadyExistsError,
  NotFoundError,
  ReadOnlyThreadError,
  SnapshotExpiredError,
  StoreOpenError,
  StoreUnavailableError,
  storeClosed,
} from "../../errors.ts";
import { LargeThreadError } from "../writes/records/remove-thread.ts";

/** What the store's workers may raise, as themselves. */
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

/** The end of a worker as the store's error; all others as they are. */
export function toStoreError(error: unknown): unknown {
  return error instanceof WorkerEndedError ? storeClosed(error) : error;
}
