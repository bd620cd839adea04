import { Agent } from "node:http";
import { parentPort, workerData } from "node:worker_threads";
import { EXPORT_RPC } from "./bodies.ts";
import { grpcClient, post, receive } from "./clients.ts";
import { callsTemplate, exportTemplate, type Template } from "./templates.ts";

/** The ways in that are measured. */
export type WayIn = "calls" | "calls, halves apart" | "otlp grpc" | "otlp http";

/** What the thread is told: where to send, by which way, and by how many senders at once. */
export interface LoadData {
  url: string;
  way: WayIn;
  senders: number;
  /** Turns of a body. */
  turns: number;
  /** No number before this one has been sent to the server. */
  firstNumber: number;
}

/** Sends a body; resolves when it is acknowledged. */
type Send = (body: Buffer) => Promise<void>;

const { url, way, senders, turns, firstNumber } = workerData as LoadData;
const agent = new Agent({ keepAlive: true });

for (let sender = 0; sender < senders; sender++) void run(sender);

async function run(sender: number): Promise<void> {
  const { template, send } = wayOf(sender);
  for (let number = firstNumber + sender; ; number += senders) {
    await send(template(number));
    parentPort?.postMessage("sent");
  }
}

function wayOf(sender: number): { template: Template; send: Send } {
  switch (way) {
    case "calls":
    case "calls, halves apart":
      return {
        template: callsTemplate(sender, turns, senders, way === "calls"),
        send: (body) => postBody("/call/upsert_batch", body, "application/json"),
      };
    case "otlp http":
      return {
        template: exportTemplate(sender, turns),
        send: (body) => postBody("/v1/traces", body, "application/x-protobuf"),
      };
    case "otlp grpc": {
      const client = grpcClient(url);
      return {
        template: exportTemplate(sender, turns),
        async send(body) {
          const code = await client.unary(EXPORT_RPC, body);
          if (code !== 0) throw new Error(`an export was answered with code ${code}`);
        },
      };
    }
  }
}

async function postBody(path: string, body: Buffer, contentType: string): Promise<void> {
  const response = await post(url + path, body, { contentType, agent });
  if (response.statusCode !== 200) throw new Error(`${path} was answered with ${response.statusCode}`);
  await receive(response, 0, Number.POSITIVE_INFINITY);
}
