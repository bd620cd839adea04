import { createHttp2Client } from "./http2-client.ts";
import type { Input, Outcome } from "./input.ts";
import { createTcpClient } from "./tcp-client.ts";

/** All that can send inputs to a server. */
export interface Clients {
  play(input: Input): Promise<Outcome>;
  close(): void;
}

export function createClients(port: number): Clients {
  const tcp = createTcpClient(port);
  const http2 = createHttp2Client(port);
  return {
    play: (input) => (input.via === "tcp" ? tcp.play(input) : http2.play(input)),
    close() {
      tcp.close();
      http2.close();
    },
  };
}
