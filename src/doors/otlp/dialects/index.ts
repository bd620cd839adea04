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

/** Every dialect that spans are read in. Of two attributes on one span that say the same, the dialect that comes first counts. */
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
