import { z } from "zod";
import { TranscriptEnd } from "../../../gen/skein/v1/chat_pb.ts";
import type { MessageQuery } from "../../model/transcripts/message.ts";

/** Which end of a transcript, or of the turns behind it, a request starts at. */
export const ENDS: Record<TranscriptEnd, MessageQuery["from"]> = {
  [TranscriptEnd.UNSPECIFIED]: "oldest",
  [TranscriptEnd.OLDEST]: "oldest",
  [TranscriptEnd.NEWEST]: "newest",
};

const place = z.array(z.union([z.number(), z.string()]));

/** Reads a place in a transcript, or among turns; whether there is such a place, the store knows. */
export function readPlace(value: unknown): (number | string)[] | null {
  return place.safeParse(value).data ?? null;
}
