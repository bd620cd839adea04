import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Calls an RPC with `buf curl`, which asks the server's reflection for the schema, and returns what it prints. */
export async function bufCurl(protocol: string, url: string, request: object): Promise<string> {
  const options = ["--protocol", protocol, "--http2-prior-knowledge", "--data", JSON.stringify(request)];
  const { stdout } = await promisify(execFile)("npx", ["--no", "buf", "curl", ...options, url]);
  return stdout;
}
