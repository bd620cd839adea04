import { create } from "@bufbuild/protobuf";
import { type Timestamp, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { type FaultPath, InvalidRequestError } from "../../../model/base/errors.ts";
import { type Instant, MAX_INSTANT } from "../../../model/base/instant.ts";

/**
 * The instant of a timestamp, nanoseconds cut off; null when there is none.
 *
 * @param path the timestamp's place in the request, for the error
 * @throws InvalidRequestError when it lies outside of what Skein can store
 */
export function readTimestamp(timestamp: Timestamp | undefined, path: FaultPath): Instant | null {
  if (!timestamp) return null;
  const instant = Number(timestamp.seconds) * 1_000_000 + Math.floor(timestamp.nanos / 1000);
  if (Math.abs(instant) <= MAX_INSTANT && timestamp.nanos >= 0 && timestamp.nanos < 1_000_000_000)
    return instant;
  throw new InvalidRequestError([{ path, message: "must lie between the years 1685 and 2255" }]);
}

/** The timestamp of an instant. */
export function toTimestamp(instant: Instant): Timestamp {
  const seconds = Math.floor(instant / 1_000_000);
  return create(TimestampSchema, {
    seconds: BigInt(seconds),
    nanos: (instant - seconds * 1_000_000) * 1000,
  });
}
