import { serveWorker } from "../../worker/serve-worker.ts";
import type { DecodedExport } from "./decode.ts";
import { type DecodeRequest, decodeInChunks } from "./export-decoder.ts";

serveWorker<DecodeRequest, DecodedExport>({ stream: decodeInChunks });
