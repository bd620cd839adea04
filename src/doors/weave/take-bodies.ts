import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { quoted } from "../../model/base/quoted.ts";
import type { DoorContext } from "../kit/context.ts";
import { collectBody } from "../kit/http/collect-body.ts";
import { httpError } from "../kit/http/http-error.ts";
import { hasBody, refuseCompressed } from "../kit/http/raw-body.ts";
import { takeForms } from "./files/form.ts";

const JSON_TYPE = "application/json";

/**
 * Makes the door take JSON bodies up to the limit of REST, or to what their route says: UTF-8, not compressed, called
 * JSON or not called anything. Forms with a file are taken as well. Other types are a 415.
 */
export async function takeBodies(app: FastifyInstance, { limits }: DoorContext): Promise<void> {
  app.addHook("onRequest", ({ raw }, _reply, done) => {
    if (raw.headers["content-type"] === undefined && hasBody(raw)) raw.headers["content-type"] = JSON_TYPE;
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", async (request: FastifyRequest, payload: Readable): Promise<Buffer> => {
    const type = request.headers["content-type"] ?? JSON_TYPE;
    if (!/^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
      throw httpError(415, `The body must be application/json, not ${quoted(type)}`);
    }
    refuseCompressed(request);
    return collectBody(request, payload, Math.min(limits.restBytes, request.routeOptions.bodyLimit));
  });
  await takeForms(app, limits.restBytes);
}
