import { InvalidRequestError } from "../base/errors.ts";
import { quoted } from "../base/quoted.ts";
import type { FeedbackTarget } from "./feedback.ts";

const REF =
  /^weave:\/\/\/([^/]+(?:\/[^/]+)?)\/(agent_turn|agent_conversation|agent_span|call|object|op|table)\/(.+)$/s;

const KINDS = {
  agent_turn: "turn",
  agent_conversation: "conversation",
  agent_span: "span",
  call: "call",
} as const;

/**
 * What a Weave ref points at: `weave:///{entity}/{project}/agent_turn/{trace id}`, `…/agent_conversation/{id, URL-quoted}`,
 * `…/agent_span/{span id}`, `…/call/{id}`. Any other ref is taken whole, as `other`.
 *
 * @param path the ref's place in the request, for the error
 * @throws InvalidRequestError when it names another project, or is quoted wrongly
 */
export function parseWeaveRef(ref: string, projectId: string, path: string[]): FeedbackTarget {
  const match = REF.exec(ref);
  if (!match) return { kind: "other", id: ref };
  const [project, kind, rest] = [unquote(match[1]!, path), match[2]!, match[3]!];
  if (project !== projectId) {
    const message = `points into the project "${quoted(project)}", but the request is for "${quoted(projectId)}"`;
    throw new InvalidRequestError([{ path, message }]);
  }
  if (!(kind in KINDS)) return { kind: "other", id: ref };
  const id = kind === "agent_conversation" ? unquote(rest, path) : rest.replace(/\/.*/s, "");
  return { kind: KINDS[kind as keyof typeof KINDS], id };
}

/** How every ref into a project begins: `weave:///{entity}/{project}`, or `weave:///{project}` without an entity. */
export function weaveRefPrefix(projectId: string): string {
  return `weave:///${projectId.split("/").map(encodeURIComponent).join("/")}`;
}

/** The ref of a target; `parseWeaveRef` reads it back. */
export function formatWeaveRef(projectId: string, target: FeedbackTarget): string {
  if (target.kind === "other") return target.id;
  const kind = target.kind === "call" ? "call" : `agent_${target.kind}`;
  const id = target.kind === "conversation" ? encodeURIComponent(target.id) : target.id;
  return `${weaveRefPrefix(projectId)}/${kind}/${id}`;
}

function unquote(text: string, path: string[]): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidRequestError([{ path, message: `"${quoted(text)}" is not URL-quoted correctly` }]);
  }
}
