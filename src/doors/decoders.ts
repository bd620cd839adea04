import type { AnyDecoder } from "./kit/decode/decoder.ts";

/**
 * Every decoder of the doors by its name. A worker is sent the name, and loads what it has not loaded yet: of all doors
 * at once would take it three times as long to start.
 */
export const decoders = {
  chatBody: async () => (await import("./chat/bodies.ts")).chatBodies.decoder,
  langgraphBody: async () => (await import("./langgraph/bodies.ts")).langgraphBodies.decoder,
  otlpExport: async () => (await import("./otlp/decode-in-chunks.ts")).exportDecoder,
  rpcDocuments: async () => (await import("./rpc/decode/documents.ts")).documentsDecoder,
  rpcMessages: async () => (await import("./rpc/decode/messages.ts")).messagesDecoder,
  weaveBody: async () => (await import("./weave/bodies.ts")).weaveBodies.decoder,
  weaveCalls: async () => (await import("./weave/calls/decode-calls.ts")).callsDecoder,
} satisfies Record<string, () => Promise<AnyDecoder>>;
