import { type OtelDialect, THREAD_RANK } from "./dialect.ts";

/** Laminar, whose instrumentations are Traceloop's with its own names for what an application adds. */
export const laminar: OtelDialect = {
  name: "Laminar",
  threadKeys: [{ key: "lmnr.association.properties.session_id", rank: THREAD_RANK.sessionInMetadata }],
};
