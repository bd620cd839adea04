import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { reportToParent } from "./child.ts";

/** The part of the rival's module that is used. */
interface Rival {
  startServer(options: object): Promise<{ host: string }>;
}

const [, , folder = ""] = process.argv;
const require = createRequire(join(folder, "package.json"));
const { startServer } = (await import(
  pathToFileURL(require.resolve("@langchain/langgraph-api/server")).href
)) as Rival;
const { host } = await startServer({ port: 0, nWorkers: 1, host: "127.0.0.1", cwd: folder, graphs: {} });
reportToParent(`http://${host}`, async () => {});
