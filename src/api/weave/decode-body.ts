import type { z } from "zod";
import { InvalidRequestError } from "../../model/errors.ts";
import { UnprocessableError, withoutLargeInputs } from "../pydantic/fault.ts";
import { validate } from "../pydantic/validate.ts";
import { callReadRequest, callsDeleteRequest, callUpdateRequest } from "./call-requests.ts";
import { violationDetail } from "./errors.ts";
import { readObject } from "./object-body.ts";
import { type ExactBody, type ParsedBody, parseBody, parseExactBody } from "./parse-body.ts";
import {
  contentRequest,
  conversationSpansRequest,
  graphqlRequest,
  objectCreateRequest,
  objectReadRequest,
  objectsQueryRequest,
  refsRequest,
  tableCreateRequest,
  tableQueryRequest,
  tableUpdateRequest,
  threadsQueryRequest,
} from "./requests.ts";
import { readTable, readTableUpdate } from "./table-body.ts";

const READERS = {
  callRead: reader(callReadRequest),
  callUpdate: reader(callUpdateRequest),
  callsDelete: reader(callsDeleteRequest),
  content: reader(contentRequest),
  conversationSpans: reader(conversationSpansRequest),
  graphql: reader(graphqlRequest),
  objectCreate: documentReader(objectCreateRequest, readObject),
  objectRead: reader(objectReadRequest),
  objectsQuery: reader(objectsQueryRequest),
  refs: reader(refsRequest),
  tableCreate: documentReader(tableCreateRequest, readTable),
  tableQuery: reader(tableQueryRequest),
  tableUpdate: documentReader(tableUpdateRequest, readTableUpdate),
  threadsQuery: reader(threadsQueryRequest),
};

/** The kinds of bodies, but for those that write calls. */
export type BodyKind = keyof typeof READERS;

/** What a body is read as; documents in it are texts. */
export type DecodedBody<Kind extends BodyKind> = ReturnType<(typeof READERS)[Kind]>;

/** Reads a body by its kind, as `bodyOf` says; a `Decoder`. */
export function decodeBody({ kind, bytes }: { kind: BodyKind; bytes: Uint8Array }): DecodedBody<BodyKind> {
  return READERS[kind](bytes);
}

/**
 * Makes something of a body that was read.
 *
 * @throws UnprocessableError for what `make` refuses, with what is repeated of the body
 */
export function makeOf<Body extends ParsedBody, Made>(body: Body, make: (body: Body) => Made): Made {
  try {
    return make(body);
  } catch (error) {
    if (error instanceof UnprocessableError) throw smaller(error.detail, body);
    if (error instanceof InvalidRequestError) throw smaller(violationDetail(error, body.value), body);
    throw error;
  }
}

function smaller(detail: UnprocessableError["detail"], { text }: ParsedBody): UnprocessableError {
  return new UnprocessableError(withoutLargeInputs(detail, text.length));
}

/** Reads bodies of a type. */
function reader<T extends z.ZodType>(type: T) {
  return (bytes: Uint8Array): z.output<T> =>
    makeOf(parseBody(bytes), ({ value }) => validate(type, value, ["body"]));
}

/** Reads bodies of a type with documents in them. */
function documentReader<T extends z.ZodType, Made>(
  type: T,
  make: (checked: z.output<T>, body: ExactBody) => Made,
) {
  return (bytes: Uint8Array): Made =>
    makeOf(parseExactBody(bytes), (body) => make(validate(type, body.value, ["body"]), body));
}
