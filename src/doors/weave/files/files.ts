import type { FastifyReply, FastifyRequest } from "fastify";
import { validate } from "../../fastapi/validate.ts";
import type { DoorContext } from "../../kit/context.ts";
import { httpError } from "../../kit/http/http-error.ts";
import { sendPieces } from "../../kit/http/stream-reply.ts";
import { bodyOf, checkProject } from "../target.ts";
import { readForm } from "./form.ts";
import { fileForm } from "./requests.ts";

/**
 * POST /file/create: keeps a file that belongs to objects (sources of functions, images, sound). Takes a form with
 * `project_id` and `file`, in any order. Costs one durable write of the file.
 */
export function fileCreate(context: DoorContext) {
  return async (request: FastifyRequest): Promise<{ digest: string }> => {
    if (!request.isMultipart()) throw httpError(415, "The body must be multipart/form-data");
    const form = await readForm(request, context.limits.restBytes);
    const { project_id, file } = validate(fileForm, form, ["body"]);
    checkProject(request, project_id, context);
    await context.store.createFile({ projectId: project_id, ...file });
    return { digest: file.digest };
  };
}

/** POST /file/content: the bytes of a file. Costs a piece at a time, however slowly the client reads. */
export function fileContent(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { project_id, digest } = await bodyOf(context, request, "content");
    return sendPieces(reply, "application/octet-stream", () =>
      context.store.readFile({ projectId: project_id, digest }),
    );
  };
}
