import type { OtelDialect } from "./dialect.ts";
import { genAi } from "./gen-ai.ts";
import { laminar } from "./laminar.ts";
import { langfuse } from "./langfuse.ts";
import { langSmith } from "./langsmith.ts";
import { openInference } from "./openinference.ts";
import { traceloop } from "./traceloop.ts";
import { vercelAi } from "./vercel-ai.ts";
import { vertex } from "./vertex.ts";
import { weave } from "./weave.ts";

/**
 * Every dialect that spans are read in. Where attributes of several stand on one span, those of the dialect that comes first
 * count.
 */
export const DIALECTS: readonly OtelDialect[] = [
  genAi,
  weave,
  openInference,
  traceloop,
  langSmith,
  laminar,
  vercelAi,
  langfuse,
  vertex,
];
