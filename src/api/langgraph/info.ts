import packageJson from "../../../package.json" with { type: "json" };

/** GET /info: who answers, and which parts of LangGraph's API beside threads it has. */
export function info() {
  return {
    version: packageJson.version,
    flags: { assistants: false, crons: false, langsmith: false },
  };
}
