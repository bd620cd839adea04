import type { z } from "zod";
import { InvalidRequestError } from "../../model/base/errors.ts";
import type { Instant } from "../../model/base/instant.ts";
import { UnprocessableError } from "../fastapi/fault.ts";
import { validate } from "../fastapi/validate.ts";
import { isSteps, type Steps } from "../kit/decode/steps.ts";
import {
  callReadRequest,
  callsDeleteRequest,
  callsQueryRequest,
  callsStatsRequest,
  callUpdateRequest,
} from "./calls/call-requests.ts";
import { readFeedback, readFeedbackBatch } from "./feedback/feedback-body.ts";
import { readObject } from "./objects/object-body.ts";
import { type ExactBody, type ParsedBody, parseBody, parseExactBody } from "./parse-body.ts";
import {
  readCallsQuery,
  readCallsStats,
  readFeedbackPurge,
  readFeedbackQuery,
  readTableQuery,
} from "./query-body.ts";
import {
  contentRequest,
  conversationSpansRequest,
  feedbackBatchRequest,
  feedbackPurgeRequest,
  feedbackQueryRequest,
  feedbackRequest,
  graphqlRequest,
  objectCreateRequest,
  objectDeleteRequest,
  objectReadRequest,
  objectsQueryRequest,
  refsRequest,
  tableCreateRequest,
  tableQueryRequest,
  tableUpdateRequest,
  threadsQueryRequest,
} from "./requests.ts";
import { readTable, readTableUpdate } from "./tables/table-body.ts";
import { violationDetail } from "./violation-detail.ts";

const READERS = {
  callRead: reader(callReadRequest),
  callUpdate: reader(callUpdateRequest),
  callsDelete: reader(callsDeleteRequest),
  callsQuery: exactReader(callsQueryRequest, readCallsQuery),
  callsStats: exactReader(callsStatsRequest, readCallsStats),
  content: reader(contentRequest),
  conversationSpans: reader(conversationSpansRequest),
  feedbackBatchCreate: reader(feedbackBatchRequest, readFeedbackBatch),
  feedbackCreate: reader(feedbackRequest, readFeedback),
  feedbackPurge: exactReader(feedbackPurgeRequest, readFeedbackPurge),
  feedbackQuery: exactReader(feedbackQueryRequest, readFeedbackQuery),
  graphql: reader(graphqlRequest),
  objectCreate: exactReader(objectCreateRequest, readObject),
  objectDelete: reader(objectDeleteRequest),
  objectRead: reader(objectReadRequest),
  objectsQuery: reader(objectsQueryRequest),
  refs: reader(refsRequest),
  tableCreate: exactReader(tableCreateRequest, readTable),
  tableQuery: reader(tableQueryRequest, readTableQuery),
  tableUpdate: exactReader(tableUpdateRequest, readTableUpdate),
  threadsQuery: reader(threadsQueryRequest),
};

/** The kinds of bodies, but for those that write calls. */
export type BodyKind = keyof typeof READERS;

/** What a body is read as; documents in it are texts. */
export type DecodedBody<Kind extends BodyKind> =
  ReturnType<(typeof READERS)[Kind]> extends Steps<infer Body> ? Body : never;

/** What the worker is asked to read. */
export interface BodyRequest {
  kind: BodyKind;
  bytes: Uint8Array;
  /** When it came. */
  now: Instant;
}

/** Reads a body by its kind, as `bodyOf` says; a `Decoder`. */
export function decodeBody({ kind, bytes, now }: BodyRequest): Steps<DecodedBody<BodyKind>> {
  return READERS[kind](bytes, now);
}

/**
 * Makes something of a body that was read, at once or in steps.
 *
 * @throws UnprocessableError for what `make` refuses
 */
export function* makeOf<Body extends ParsedBody, Made>(
  body: Body,
  make: (body: Body) => Made | Steps<Made>,
): Steps<Made> {
  try {
    const made = make(body);
    return isSteps(made) ? yield* made : made;
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw new UnprocessableError(violationDetail(error, body.value));
  }
}

/** Reads bodies of a type: what was checked, or what is made of it. */
function reader<T extends z.ZodType, Made = z.output<T>>(
  type: T,
  make: (checked: z.output<T>, body: ParsedBody, now: Instant) => Made | Steps<Made> = (checked) =>
    checked as Made,
) {
  return (bytes: Uint8Array, now: Instant): Steps<Made> =>
    makeOf(parseBody(bytes), (body) => make(validate(type, body.value, ["body"]), body, now));
}

/** The same where documents or numbers count as they were written. */
function exactReader<T extends z.ZodType, Made>(
  type: T,
  make: (checked: z.output<T>, body: ExactBody) => Made | Steps<Made>,
) {
  return (bytes: Uint8Array): Steps<Made> =>
    makeOf(parseExactBody(bytes), (body) => make(validate(type, body.value, ["body"]), body));
}
