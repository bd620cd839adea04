import { Buffer } from "node:buffer";
import multipart, { type MultipartFile } from "@fastify/multipart";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { TooLargeError } from "../../../model/base/errors.ts";
import { createDigest } from "../../../model/content/digest.ts";
import { validate } from "../../fastapi/validate.ts";
import type { DoorContext } from "../../kit/door.ts";
import type { BodyAccount } from "../../kit/http/body-budget.ts";
import { httpError, statusOfError } from "../../kit/http/http-error.ts";
import { openBody } from "../../kit/http/memory.ts";
import { sendPieces } from "../../kit/http/stream-reply.ts";
import { READS } from "../../kit/identity/access.ts";
import { bodyOf, checkProject } from "../body.ts";
import { fileForm, type ReceivedFile } from "../requests.ts";

/** The pieces a file is stored in: small enough to be hashed and read back between other work. */
const PIECE_BYTES = 256 * 1024;

const MAX_FIELD_BYTES = 64 * 1024;
const MAX_FIELDS = 20;

/** The most that a form has beside its file. */
const MAX_FORM_BYTES = MAX_FIELDS * MAX_FIELD_BYTES;

/** Serves the files that clients keep beside objects: sources of functions, images, sound. */
export async function serveFiles(app: FastifyInstance, context: DoorContext): Promise<void> {
  const { restBytes } = context.limits;
  await app.register(multipart, {
    limits: { fileSize: restBytes, files: 1, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES },
  });
  for (const path of ["/file/create", "/files/create"]) app.post(path, fileCreate(context));
  for (const path of ["/file/content", "/files/content"]) app.post(path, READS, fileContent(context));
}

/** POST /file/create: a form with `project_id` and `file`, in any order. Costs one durable write of the file. */
function fileCreate(context: DoorContext) {
  return async (request: FastifyRequest): Promise<{ digest: string }> => {
    if (!request.isMultipart()) throw httpError(415, "The body must be multipart/form-data");
    const form = await readForm(request, context.limits.restBytes);
    const { project_id, file } = validate(fileForm, form, ["body"]);
    checkProject(request, project_id, context);
    await context.store.createFile({ projectId: project_id, ...file });
    return { digest: file.digest };
  };
}

/**
 * The fields of a form by their names, of which a file is one. Its bytes count until the request is answered.
 *
 * @throws an error with the status 400 when it is no form, or none to its end, 413 when there is too much of it, 408 when
 *   it comes too slowly; TooLargeError for a field that is too long, OverloadedError
 */
async function readForm(request: FastifyRequest, maxBytes: number): Promise<Record<string, unknown>> {
  const form: Record<string, unknown> = {};
  const { promise: refused, reject: refuse } = Promise.withResolvers<never>();
  const account = openBody(request.server.memory, request.rawAnswer, () =>
    refuse(httpError(408, "The body came too slowly")),
  );
  // What is around the file counts, too, and may be all there is.
  let received = 0;
  request.raw.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (received > maxBytes + MAX_FORM_BYTES) refuse(httpError(413, "Request body is too large"));
  });
  const parts = request.parts()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value: part } = await Promise.race([parts.next(), refused]);
      if (done) break;
      if (part.type === "field" && part.valueTruncated) {
        throw new TooLargeError(`"${part.fieldname}" is larger than ${MAX_FIELD_BYTES} bytes`);
      }
      form[part.fieldname] =
        part.type === "file" ? await Promise.race([receive(part.file, account), refused]) : part.value;
    }
    account.complete();
  } catch (error) {
    // The form's reader has no status for most of what can be wrong with a form.
    const fault = error as Error;
    throw statusOfError(fault) === 500 ? httpError(400, `The form cannot be read: ${fault.message}`) : fault;
  }
  return form;
}

async function receive(stream: MultipartFile["file"], account: BodyAccount): Promise<ReceivedFile> {
  const digest = createDigest();
  const pieces: Uint8Array[] = [];
  let waiting: Buffer[] = [];
  let size = 0;
  // A piece is copied into memory of its own: what a thread is sent is sent with all of the memory it is a part of.
  const cut = () => {
    pieces.push(new Uint8Array(Buffer.concat(waiting)));
    [waiting, size] = [[], 0];
  };
  // What comes after a file's limit is dropped, and a file that goes on for ever would never be refused.
  stream.once("limit", () => stream.destroy(httpError(413, "Request body is too large")));
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    await account.take(chunk.length);
    digest.add(chunk);
    waiting.push(chunk);
    size += chunk.length;
    if (size >= PIECE_BYTES) cut();
  }
  if (size > 0) cut();
  return { digest: digest.finish(), pieces };
}

/** POST /file/content: the bytes of a file. Costs a piece at a time, however slowly the client reads. */
function fileContent(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { project_id, digest } = await bodyOf(context, request, "content");
    return sendPieces(reply, "application/octet-stream", () =>
      context.store.readFile({ projectId: project_id, digest }),
    );
  };
}
