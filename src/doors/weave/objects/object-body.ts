import type { z } from "zod";
import { type ObjectDraft, objectClassesOf } from "../../../model/content/content.ts";
import { documentDigest } from "../../../model/content/digest.ts";
import { printJson } from "../../../model/json/print.ts";
import { memberOf } from "../../../model/json/value.ts";
import type { ExactBody } from "../parse-body.ts";
import type { objectCreateRequest } from "../requests.ts";

/** Makes an object to be stored of a checked body. */
export function readObject(
  { obj }: z.output<typeof objectCreateRequest>,
  { exact }: ExactBody,
): Omit<ObjectDraft, "createdAt"> {
  const value = memberOf(memberOf(exact, "obj"), "val") ?? null;
  return {
    projectId: obj.project_id,
    objectId: obj.object_id,
    digest: documentDigest(value),
    json: printJson(value),
    ...objectClassesOf(value),
    userId: obj.wb_user_id,
  };
}
