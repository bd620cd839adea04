import type { CallChange } from "../../model/call.ts";
import { serveWorker } from "../../worker/serve-worker.ts";
import { type CallsRequest, decodeCalls } from "./decode-calls.ts";

serveWorker<CallsRequest, CallChange[]>({ stream: decodeCalls });
