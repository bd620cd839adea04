import { defineBodies } from "../kit/http/bodies.ts";
import { conversationSpansRequest } from "./agents/requests.ts";
import { readCallsQuery, readCallsStats } from "./calls/query-body.ts";
import {
  callReadRequest,
  callsDeleteRequest,
  callsQueryRequest,
  callsStatsRequest,
  callUpdateRequest,
} from "./calls/requests.ts";
import { readFeedback, readFeedbackBatch } from "./feedback/body.ts";
import { readFeedbackPurge, readFeedbackQuery } from "./feedback/query-body.ts";
import {
  feedbackBatchRequest,
  feedbackPurgeRequest,
  feedbackQueryRequest,
  feedbackRequest,
} from "./feedback/requests.ts";
import { contentRequest } from "./files/requests.ts";
import { graphqlRequest } from "./handshake/requests.ts";
import { readObject } from "./objects/body.ts";
import {
  objectCreateRequest,
  objectDeleteRequest,
  objectReadRequest,
  objectsQueryRequest,
  refsRequest,
} from "./objects/requests.ts";
import { checked, checkedTo, exactTo } from "./read-body.ts";
import { readTable, readTableQuery, readTableUpdate } from "./tables/body.ts";
import { tableCreateRequest, tableQueryRequest, tableUpdateRequest } from "./tables/requests.ts";
import { threadsQueryRequest } from "./threads/requests.ts";

/** How the bodies of each request are read, but for those that write calls; documents in them are texts then. */
export const readers = {
  callRead: checked(callReadRequest),
  callUpdate: checked(callUpdateRequest),
  callsDelete: checked(callsDeleteRequest),
  callsQuery: exactTo(callsQueryRequest, readCallsQuery),
  callsStats: exactTo(callsStatsRequest, readCallsStats),
  content: checked(contentRequest),
  conversationSpans: checked(conversationSpansRequest),
  feedbackBatchCreate: checkedTo(feedbackBatchRequest, readFeedbackBatch),
  feedbackCreate: checkedTo(feedbackRequest, readFeedback),
  feedbackPurge: exactTo(feedbackPurgeRequest, readFeedbackPurge),
  feedbackQuery: exactTo(feedbackQueryRequest, readFeedbackQuery),
  graphql: checked(graphqlRequest),
  objectCreate: exactTo(objectCreateRequest, readObject),
  objectDelete: checked(objectDeleteRequest),
  objectRead: checked(objectReadRequest),
  objectsQuery: checked(objectsQueryRequest),
  refs: checked(refsRequest),
  tableCreate: exactTo(tableCreateRequest, readTable),
  tableQuery: checkedTo(tableQueryRequest, readTableQuery),
  tableUpdate: exactTo(tableUpdateRequest, readTableUpdate),
  threadsQuery: checked(threadsQueryRequest),
};

/**
 * The bodies of this door. Reading one throws UnprocessableError with pydantic's detail, and an error with a status as
 * `parseBody` does.
 */
export const weaveBodies = defineBodies("weaveBody", readers);
