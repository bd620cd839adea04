import { SingleBar } from "cli-progress";
import { formatWeaveRef, weaveRefPrefix } from "../../model/feedback/weave-ref.ts";
import { type DemoConversation, makeConversation } from "./conversations.ts";

/** What to send, and where. */
export interface DemoOptions {
  /** The server's URL. */
  url: string;
  project: string;
  /** The key to come with, where the server asks for one. */
  key?: string;
  conversations: number;
}

/**
 * Sends made-up conversations of several agents to a running server, as a client would: spans over OTLP/HTTP, ratings
 * as feedback. Shows a progress bar on standard error.
 *
 * @throws Error with one line for people, when the server cannot be reached or refuses something.
 */
export async function sendDemo({ url, project, key, conversations }: DemoOptions): Promise<void> {
  const bar = new SingleBar({
    format: "{bar} {value}/{total} conversations",
    stream: process.stderr,
    noTTYOutput: true,
  });
  const post = poster(url, key);
  try {
    for (let sent = 1; sent <= conversations; sent++) {
      const conversation = makeConversation(Date.now());
      await post("/v1/traces", exportOf(conversation, project));
      for (const feedback of ratingsOf(conversation, project)) await post("/feedback/create", feedback);
      // Until the first has arrived, there may be no server to show progress with.
      if (sent === 1) bar.start(conversations, sent);
      else bar.update(sent);
    }
  } finally {
    bar.stop();
  }
}

function exportOf({ spans }: DemoConversation, project: string): unknown {
  const attributes = [
    { key: "service.name", value: { stringValue: "skein-demo" } },
    { key: "skein.project_id", value: { stringValue: project } },
  ];
  return {
    resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: { name: "skein.demo" }, spans }] }],
  };
}

/** A thumb from the user on some turns, and a monitor's score on every failed one. */
function ratingsOf({ turns }: DemoConversation, project: string): unknown[] {
  const prefix = weaveRefPrefix(project);
  return turns.flatMap(({ traceId, failed }) => {
    const weave_ref = formatWeaveRef(project, { kind: "turn", id: traceId });
    const common = { project_id: project, weave_ref, payload: {} };
    const thumb = {
      ...common,
      feedback_type: "wandb.agent_user_feedback",
      scorer_tags: [failed ? "👎" : "👍"],
    };
    const score = {
      ...common,
      feedback_type: "wandb.agent_monitor",
      runnable_ref: `${prefix}/object/task-completion:v1`,
      call_ref: formatWeaveRef(project, { kind: "call", id: traceId }),
      trigger_ref: `${prefix}/object/every-turn:v1`,
      scorer_ratings: { completion: failed ? 0.1 : 0.9 },
      scorer_rating_reasons: { completion: failed ? "a tool failed" : "the question was answered" },
    };
    return [...(Math.random() < 0.3 ? [thumb] : []), ...(failed || Math.random() < 0.2 ? [score] : [])];
  });
}

/** Makes the function that posts JSON to a path of a server. */
function poster(url: string, key: string | undefined) {
  const headers = { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) };
  return async (path: string, body: unknown): Promise<void> => {
    const target = url.replace(/\/+$/, "") + path;
    let response: Response;
    try {
      response = await fetch(target, { method: "POST", headers, body: JSON.stringify(body) });
    } catch {
      throw new Error(`cannot reach ${url}: is Skein running there? (npm start)`);
    }
    const answer = await response.text();
    if (!response.ok) throw new Error(`${target} answered ${response.status}: ${answer.slice(0, 500)}`);
  };
}
