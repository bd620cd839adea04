import { type OtelDialect, THREAD_RANK } from "./dialect.ts";

/** Google's Agent Development Kit on Vertex AI, beside GenAI's conventions. */
export const vertex: OtelDialect = {
  name: "Vertex AI",
  threadKeys: [{ key: "gcp.vertex.agent.session_id", rank: THREAD_RANK.vertexSession }],
};
