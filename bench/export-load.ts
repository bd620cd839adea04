import { parentPort, workerData } from "node:worker_threads";
import { EXPORT_RPC, typicalExport } from "./bodies.ts";
import { grpcClient, post, receive } from "./clients.ts";

/** What the thread is told: where to send exports, and how. */
export interface LoadData {
  url: string;
  transport: "http" | "grpc";
  /** Different exports, sent in turns; many, so that none is still fresh in the store's mind when it comes again. */
  exports: number;
}

const EXPORT_BYTES = 4 * 2 ** 20;

const { url, transport, exports } = workerData as LoadData;
const bodies = Array.from({ length: exports }, () => typicalExport(EXPORT_BYTES));
const client = grpcClient(url);

parentPort?.postMessage("ready");
for (let sent = 0; ; sent++) {
  await send(bodies[sent % exports]!);
  parentPort?.postMessage("sent");
}

async function send(bytes: Uint8Array): Promise<void> {
  if (transport === "grpc") {
    const code = await client.unary(EXPORT_RPC, bytes);
    if (code !== 0) throw new Error(`an export was answered with code ${code}`);
    return;
  }
  const response = await post(`${url}/v1/traces`, bytes, { contentType: "application/x-protobuf" });
  if (response.statusCode !== 200) throw new Error(`an export was answered with ${response.statusCode}`);
  await receive(response, 0, Number.POSITIVE_INFINITY);
}
