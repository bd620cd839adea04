import type { CallKey, SaidEnd, SaidStart } from "../../../model/calls/call.ts";
import {
  isInDocument,
  type KeptMessage,
  keptMessage,
  readKept,
  textAtPlace,
  textPlace,
} from "../../../model/transcripts/kept-message.ts";

/** Fields of halves that are kept in columns of the call. */
type InColumns =
  | keyof CallKey
  | "traceId"
  | "parentId"
  | "opName"
  | "threadId"
  | "turnId"
  | "startedAt"
  | "endedAt"
  | "userId"
  | "runId";

type BesideColumns<Half> = Omit<Half, InColumns>;

/** What is kept of a start and an end beside columns and documents, as the JSON of these. */
type KeptStart = Omit<BesideColumns<SaidStart>, "messages"> & { messages: KeptMessage[] };
type KeptEnd = Omit<BesideColumns<SaidEnd>, "messages" | "bareText"> & {
  messages: KeptMessage[];
  /** The text, or its place in the half's document. */
  bareText?: string | number | undefined;
};

/** All that a start says beside its columns, as JSON: of its messages their places in its document, if they are in it. */
export function keptStart(start: BesideColumns<SaidStart>, document: string): string {
  const { displayName, model, messages, refs } = start;
  const kept = messages.map((message) => keptMessage(message, document));
  return JSON.stringify({ displayName, model, messages: kept, refs } satisfies KeptStart);
}

/** The same of an end. */
export function keptEnd(end: BesideColumns<SaidEnd>, document: string): string {
  const { failed, displayName, model, inputTokens, outputTokens, messages, refs, bareText } = end;
  const said = { failed, displayName, model, inputTokens, outputTokens };
  const kept = messages.map((message) => keptMessage(message, document));
  const bare = bareText === undefined ? undefined : (textPlace(document, bareText) ?? bareText);
  return JSON.stringify({ ...said, messages: kept, refs, bareText: bare } satisfies KeptEnd);
}

/** What a start says beside its columns. The document is read only where something is to be read out of it. */
export function readStart(kept: string, document: () => string): BesideColumns<SaidStart> {
  // Halves that were stored before refs were kept have none.
  const said: KeptStart = { refs: [], ...JSON.parse(kept) };
  return { ...said, messages: readMessages(said.messages, document) };
}

/** The same of an end. */
export function readEnd(kept: string, document: () => string): BesideColumns<SaidEnd> {
  const { bareText, ...said }: KeptEnd = { refs: [], ...JSON.parse(kept) };
  const bare = typeof bareText === "number" ? textAtPlace(document(), bareText) : bareText;
  return {
    ...said,
    messages: readMessages(said.messages, document),
    ...(bare !== undefined && { bareText: bare }),
  };
}

function readMessages(kept: KeptMessage[], document: () => string) {
  const text = kept.some(isInDocument) ? document() : "";
  return kept.map((message) => readKept(message, text));
}
