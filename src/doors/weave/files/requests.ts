import { z } from "zod";
import { made, text } from "../../fastapi/types.ts";
import { projectId, projectIdToKeep } from "../fields.ts";

/** A file as it came in. */
export interface ReceivedFile {
  digest: string;
  pieces: Uint8Array[];
}

/** The form of POST /file/create; a file is what the door made of it. */
export const fileForm = z.object({
  project_id: projectIdToKeep,
  file: made<ReceivedFile>("an uploaded file"),
});

/** A request for what a digest names: a file, or the statistics of a table. */
export const contentRequest = z.object({ project_id: projectId, digest: text() });
