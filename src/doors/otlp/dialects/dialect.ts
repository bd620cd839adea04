import type { Attributes } from "../attributes.ts";

/**
 * What one instrumentation, or a family of them, has of its own in spans: which attributes it uses, and what its words
 * mean. One file a dialect, one line in `index.ts`; `tables.ts` merges them. Every member but the name may be left out.
 *
 * Where attributes of several dialects stand on one span, the first one that has a value of the right kind counts, in the
 * order of the dialects in `index.ts`, then of their own lists, unless an `order` says otherwise.
 */
export interface OtelDialect {
  /** Who sends it, for people. */
  name: string;

  /** Attributes that name a span's thread. */
  threadKeys?: readonly ThreadKey[];
  /** Attributes that say whether a span is a turn. */
  turnKeys?: readonly string[];

  /** Attributes that name a span's operation or kind. */
  operationKeys?: readonly OperationKey[];
  /** What a span's name says, where its attributes do not. */
  nameRules?: NameRules;
  /** Operations that stand for a whole exchange. They match exactly. */
  agentOperations?: readonly string[];
  /** Operations on the way to an answer, which neither ask nor answer: tools, retrieval. They match in any case. */
  stepOperations?: readonly string[];

  /** Attributes with the name of the agent. */
  agentKeys?: readonly string[];
  /** Attributes with the name of the model. */
  modelKeys?: readonly string[];

  inputTokenKeys?: readonly string[];
  outputTokenKeys?: readonly string[];
  /** Finds token counts that are in no attribute of their own. It is asked only where no `…TokenKeys` has one. */
  usage?: Usage;

  /** Where the messages are that a span was given, and those that it gave back. */
  inputs?: readonly Source[];
  outputs?: readonly Source[];

  // What follows has its place here and is read by nothing yet: filling it in changes nothing.

  /** How a span shows that it is of the dialect. */
  shows?: Shows;
  /** What the dialect has under names that anyone may use: they are to count only on spans that show the dialect. */
  bare?: Pick<
    OtelDialect,
    "threadKeys" | "agentKeys" | "modelKeys" | "inputTokenKeys" | "outputTokenKeys" | "inputs" | "outputs"
  >;
  /** Operations or names of spans that say they are turns by that. */
  turnNames?: readonly string[];
  /** Token counts of a cache. */
  cacheTokens?: CacheTokens;
  /** Span events that bring messages, by their names. */
  spanEvents?: Readonly<Record<string, MessageEvent>>;
  /** Log records that bring messages of the span they name, by their event names. */
  logEvents?: Readonly<Record<string, MessageEvent>>;
  /** How an agent that logs instead of tracing tells of its turns. */
  agentRecords?: AgentRecords;
}

/** An entry of a list that is merged with the lists of other dialects. */
interface Entry {
  /** Entries of a lower order come before all of a higher one; 0 where it is left out. */
  order?: number;
}

/** An attribute that names a thread: a text that is no longer than an id may be, or an integer. */
export interface ThreadKey extends Entry {
  key: string;
  /**
   * How strong its word is, 0 the strongest: of what the spans above and at a span say, the strongest counts, then the
   * nearest. See `THREAD_RANK`.
   */
  rank: number;
}

/** The ranks of what names a thread: a conversation stands before a user's session, which may hold several. */
export const THREAD_RANK = {
  /** Weave's own word. */
  own: 0,
  /** The id of a conversation. */
  conversation: 1,
  /** An application's thread, among its metadata. */
  threadInMetadata: 2,
  conversationInMetadata: 3,
  langfuseSession: 4,
  session: 5,
  vertexSession: 6,
  sessionInMetadata: 7,
} as const;

/** An attribute that names an operation: a text that is not empty. */
export interface OperationKey extends Entry {
  key: string;
  /** Whether its value is put into lower case: some libraries write their kinds in capitals. */
  lowerCase?: boolean;
}

/** What the names of spans say. */
interface NameRules {
  /** Operations that a name can begin with, each a word. */
  operations?: readonly string[];
  /** What stands before the name of an agent, such as `invoke_agent `. */
  agentAfter?: readonly string[];
}

/** Finds the tokens of one side of a span; null where it says none. Costs little on spans of other dialects. */
export type Usage = (attributes: Attributes, side: "input" | "output") => number | null;

/** Where messages are: in one attribute, or spread over many. */
export type Source = DocumentSource | IndexedSource;

/** One attribute with messages: text, a JSON document in a text, or a value of lists and maps. */
interface DocumentSource extends Entry {
  key: string;
  /** Members of the document that hold its messages. They are tried before the usual ones, such as `messages`. */
  members?: readonly string[];
}

/** A list spread over attributes, `<before>N<after><field>`, such as `gen_ai.prompt.0.content`. */
interface IndexedSource extends Entry {
  before: string;
  after: string;
  /** The field that has a message's content; `content` where it is left out. */
  content?: string;
}

/** Any one of these shows the dialect. */
interface Shows {
  /** What the name of an instrumentation scope begins with. */
  scopes?: readonly string[];
  /** What the name of a span begins with. */
  spanNames?: readonly string[];
  /** What the key of an attribute begins with. */
  attributes?: readonly string[];
}

/** Attributes with token counts of a cache. */
interface CacheTokens {
  readKeys: readonly string[];
  creationKeys: readonly string[];
  /** Whether they are part of the input tokens; null where the dialect does not say. */
  areInput: boolean | null;
}

/** A span event or log record that brings messages. */
interface MessageEvent {
  side: "input" | "output";
  /** Where in its attributes they are; in its body where this is left out. */
  sources?: readonly Source[];
}

/** The log records of an agent, an event of its work each. */
interface AgentRecords {
  sessionKeys: readonly string[];
  /** Attributes that name the prompt a record belongs to. Where there are none, a prompt goes to the next prompt. */
  promptKeys: readonly string[];
  /** An attribute that numbers the events of a session. */
  sequenceKey?: string;
  /** What its events are, by their names. */
  events: Readonly<Record<string, "prompt" | "response" | "request" | "tool" | "error">>;
}
