import type { AccessKey, StoredKey } from "../model/access-key.ts";
import type { CallChange, CallDeletion, CallFilter, CallQuery, StoredCall } from "../model/call.ts";
import type { ChatDraft, ChatPatch, ChatQuery, ChatThread, ChatTotals } from "../model/chat-thread.ts";
import type {
  ContentKey,
  FoundVersion,
  ObjectDraft,
  ObjectKey,
  ObjectQuery,
  ObjectVersion,
  ObjectVersions,
  PlacedRow,
  StoredFile,
  TableDraft,
  TableQuery,
} from "../model/content.ts";
import type { Feedback, FeedbackQuery, SpanFeedback } from "../model/feedback.ts";
import type { Instant } from "../model/instant.ts";
import type { MessageAppend, MessageQuery, PlacedMessage } from "../model/message.ts";
import type { ConversationSpansQuery, Span, StoredSpan } from "../model/span.ts";
import type { ThreadQuery, ThreadSummary } from "../model/thread.ts";
import type {
  Checkpoint,
  HistoryQuery,
  StateQuery,
  StateUpdate,
  ThreadDraft,
  ThreadFilter,
  ThreadKeyAt,
  ThreadPatch,
  ThreadRecord,
  ThreadSearch,
  TtlStrategy,
} from "../model/thread-record.ts";
import type { TransferEntry } from "../model/transfer.ts";
import type { PlacedTurn, TurnQuery } from "../model/turn.ts";

/**
 * A conversation store, in the model's words. Each engine is a folder beside this file and must pass
 * `test/store/suite`. Nothing here assumes one process or one file.
 *
 * Errors every operation may raise: `StoreBusyError` when the engine has more work waiting than it is configured to
 * hold (nothing was done; trying again later helps), `StoreUnavailableError` when it cannot reach or write its storage.
 */
export interface Store
  extends SpanWriter,
    CallWriter,
    CallReader,
    FeedbackWriter,
    FeedbackReader,
    ThreadReader,
    SpanReader,
    RecordWriter,
    StateWriter,
    RecordReader,
    StateReader,
    ChatWriter,
    ChatReader,
    TurnReader,
    ThreadSweeper,
    FileStore,
    ObjectStore,
    TableStore,
    KeyStore,
    ProjectMover,
    StoreState {
  /** Finishes what is under way, then releases everything. Later calls must raise `StoreUnavailableError`. */
  close(): Promise<void>;
}

/** Knows of the store as a whole. */
interface StoreState {
  /** Whether nothing is stored, of any project; keys aside. Costs one look-up per kind of data. */
  isEmpty(): Promise<boolean>;
}

/** Takes in spans. */
export interface SpanWriter {
  /**
   * Stores spans, of any projects and in any order, and brings the statistics of every thread they touch up to date in
   * the same transaction. Must resolve only when all of them are durable. Storing a span again must change nothing
   * unless the new version wins (`compareVersions`). If it rejects, any part of the spans may have been stored;
   * sending all of them again is safe.
   *
   * Where a thread that they claim, or one with spans in their traces, has expired by `now`, what expiring does to it
   * comes first, and they begin it anew. Without `now` they join it as it is, and go when it goes.
   */
  writeSpans(spans: Span[], now?: ThreadKeyAt["now"]): Promise<void>;
}

/**
 * Takes in calls. A call is a span, made of the halves that have come: it replaces a span of its identity, and belongs
 * to the thread and turn it names.
 */
export interface CallWriter {
  /**
   * Stores starts, ends and names of calls, of any projects and in any order, with all that follows from them, in the
   * same transaction. A half replaces the half of its kind that came before; a call is visible once its start has come.
   * Must resolve only when all are durable. If it rejects, any part may have been stored; sending all again is safe.
   * Threads that have expired by `now` are treated as in `writeSpans`, those that the calls were part of among them.
   */
  writeCalls(changes: CallChange[], now?: ThreadKeyAt["now"]): Promise<void>;
  /**
   * Removes calls with all calls below them, their spans and the feedback on them, in one transaction; what else is in
   * their traces is as if they had never come. Where a thread they are part of has expired by `now`, what expiring does
   * comes first. Returns the ids of the calls removed. Costs the traces they are in.
   */
  deleteCalls(which: CallDeletion): Promise<string[]>;
}

/** Reads calls. */
export interface CallReader {
  /**
   * Yields the calls that match, in order, in batches of bounded size, from one snapshot. Costs the calls that have
   * the ids, ops or refs asked for; without any, those passed over in the order of starts up to the limit, in another
   * order all. An expression, or an order by what is in documents, looks into these one by one, never on the caller's
   * event loop; of such an order no more than a page is kept in memory, and an engine may raise `InvalidRequestError`
   * for one that is too large. Releases as `queryThreads` does.
   */
  queryCalls(query: CallQuery, options?: ReadOptions): AsyncIterable<StoredCall[]>;
  /**
   * How many calls match. Costs the calls that have the ids, ops or refs asked for; without any, all of the project.
   * Releases as `queryThreads` does.
   */
  countCalls(filter: CallFilter, options?: ReadOptions): Promise<number>;
}

/** Takes in feedback. */
interface FeedbackWriter {
  /**
   * Stores feedback, all or none of it; must raise `AlreadyExistsError` if the project of one has feedback of its id, or
   * two have the same. Durable when it resolves. Where the conversation that one is on has expired by its `createdAt`,
   * what expiring does comes first.
   */
  createFeedback(...feedback: Feedback[]): Promise<void>;
  /** Removes the feedback of these ids, in one transaction; one that is unknown is passed over. Durable when it resolves. */
  deleteFeedback(which: { projectId: string; ids: string[] }): Promise<void>;
}

/** Reads feedback. */
interface FeedbackReader {
  /**
   * Yields the feedback that matches, in order, in batches of bounded size, from one snapshot. Costs what has the ids,
   * refs or types that the condition names, else what was created in the time that it names, up to the end of the page;
   * in another order than that of creation all of it. Releases as `queryThreads` does.
   */
  queryFeedback(query: FeedbackQuery, options?: ReadOptions): AsyncIterable<Feedback[]>;
}

/** Reads threads. */
export interface ThreadReader {
  /**
   * Yields the threads that match, in order, in batches of at most a few hundred rows, from one snapshot. Must hold no
   * more than a few batches in memory whatever the consumer's pace, and release everything it holds when the consumer
   * returns early or `signal` aborts.
   */
  queryThreads(query: ThreadQuery, options?: ReadOptions): AsyncIterable<ThreadSummary[]>;
}

/**
 * Creates, changes and removes threads. Each call is one transaction: it sees all that was acknowledged before it, and
 * of two that come at once one follows the other. Durable when it resolves. Where the thread has expired by the call's
 * `now`, what expiring does to it comes first.
 */
export interface RecordWriter {
  /**
   * Creates a thread. Where only spans have made the thread so far it becomes the client's, and `created` is true. Must
   * raise `AlreadyExistsError` if a client has created it before and the draft says `raise`, and, as `patchThread` and
   * `setState` must, `InvalidRequestError` if its metadata or updates are no JSON objects; tasks and interrupts the
   * door has checked.
   */
  createThread(draft: ThreadDraft): Promise<{ thread: WholeRecord; created: boolean }>;
  /** Changes a thread, and moves its `updatedAt` to `now` (never back). Must raise `NotFoundError` if there is none. */
  patchThread(patch: ThreadPatch): Promise<WholeRecord>;
  /**
   * Removes a thread with all it holds: metadata, state, history, messages, the spans that belong to it with their turns and
   * messages, and the feedback on it and on them. Another thread that shares a trace with it is as if those spans had
   * never come. What is written later under the same id is new. Must raise `NotFoundError` if there is none.
   *
   * A thread that holds much may go in several transactions, so that other writes need not wait: no read sees it from
   * the first on, and a sweep removes what is left if the rest fails. Resolves when all of it is gone.
   */
  deleteThread(key: ThreadKeyAt): Promise<DeletedThread>;
  /**
   * Creates the thread `copyId`, idle and without a TTL, with the metadata, state, history and messages of a thread, and
   * what it has as a chat but its flags; checkpoints and messages keep their ids. Spans, with what they say, and feedback
   * stay where they are. Must raise `NotFoundError` if there is no such thread, and
   * `AlreadyExistsError` if a client has created `copyId` before.
   */
  copyThread(key: ThreadKeyAt, copyId: string): Promise<WholeRecord>;
  /**
   * Does to each of some threads what a TTL of this strategy does in the end, and returns to how many; an id that is
   * unknown or comes again is passed over. Each thread is a transaction of its own.
   */
  pruneThreads(prune: ThreadPrune): Promise<number>;
}

/** Which threads to prune, and how. */
interface ThreadPrune {
  projectId: string;
  threadIds: string[];
  strategy: TtlStrategy;
  now: ThreadKeyAt["now"];
}

/** What a thread held that is gone. */
interface DeletedThread {
  /** Messages of its transcript. */
  messages: number;
}

/** A record with all its documents. */
export type WholeRecord = Required<Omit<ThreadRecord, "extracted">>;

/** Gives threads their states. */
export interface StateWriter {
  /**
   * Adds a state to a thread, which becomes its latest, and moves `updatedAt` and `stateUpdatedAt` to `now` (never back). All states
   * of one thread form one history: the values each follows are those of its parent. Must raise `NotFoundError` if
   * there is no such thread, or no such base. One transaction, durable when it resolves.
   */
  setState(update: StateUpdate): Promise<Checkpoint>;
}

/** Reads threads as documents. */
export interface RecordReader {
  /** The thread; null if there is none. Costs a look-up and its documents. */
  getThread(key: ThreadKeyAt): Promise<WholeRecord | null>;
  /**
   * Yields the matching threads in order, from one snapshot, in batches of bounded size, and at least one batch.
   * Releases as `queryThreads` does.
   *
   * Must cost what it returns and the offset it steps over where there is no filter, or one on the status alone, the
   * total included; with a filter that few threads match, those few. A filter that many match may look at every thread
   * on the way to the end of the page, and for its total at every thread; never on the caller's event loop.
   */
  searchThreads(search: ThreadSearch, options?: ReadOptions): AsyncIterable<RecordBatch>;
  /** How many threads match: what `total` says in a search. Ends as a search does when `signal` aborts. */
  countThreads(filter: ThreadFilter, options?: ReadOptions): Promise<number>;
}

/** A part of the answer to a search. */
export interface RecordBatch {
  threads: ThreadRecord[];
  /** The same in every batch: all matches, null if the search did not ask. */
  total: number | null;
  /** The same in every batch: whether more threads match after the last one of the page. */
  hasMore: boolean;
}

/** Reads the states of threads. Must raise `NotFoundError` if there is no such thread. */
export interface StateReader {
  /** A state; null if the thread has none yet. Must raise `NotFoundError` for a checkpoint that is not there. */
  getState(query: StateQuery): Promise<Checkpoint | null>;
  /**
   * Yields states, the newest first, in batches of bounded size from one snapshot. Costs the states it returns, and
   * with a filter those it looks at. Releases as `queryThreads` does.
   */
  listStates(query: HistoryQuery, options?: ReadOptions): AsyncIterable<Checkpoint[]>;
}

/**
 * Creates and changes threads as chats. Each call is one transaction, as those of `RecordWriter` are; a chat is a
 * record, and moves its `updatedAt` as it changes. Raises `InvalidRequestError` if documents are no JSON object.
 */
export interface ChatWriter {
  /** Creates a chat. Where only spans have made the thread it becomes the client's. Raises `AlreadyExistsError`. */
  createChat(draft: ChatDraft): Promise<ChatThread>;
  /** Changes a chat. Raises `NotFoundError`. */
  patchChat(patch: ChatPatch): Promise<ChatThread>;
  /**
   * Adds messages to the end of a thread's transcript. Messages the thread has already, by their ids, are passed over;
   * if it has all of them, nothing changes. Raises `NotFoundError`, and `ReadOnlyThreadError` if the chat is read-only.
   */
  appendMessages(append: MessageAppend): Promise<ChatThread>;
}

/** Reads threads as chats. */
export interface ChatReader {
  /** The chat; null if there is no such thread. Costs a look-up, and the feedback on the conversation. */
  getChat(key: ThreadKeyAt): Promise<ChatThread | null>;
  /**
   * Yields the chats that match, the latest first, from one snapshot, in batches of bounded size, and at least one.
   * Costs the chats it returns; with a condition, those it passes over on the way, never on the caller's event loop.
   */
  listChats(query: ChatQuery, options?: ReadOptions): AsyncIterable<ChatBatch>;
  /**
   * Yields a stretch of a thread's transcript, in the order of the transcript whichever end it is nearest to, from one
   * snapshot, in batches of bounded size, and at least one. Raises `NotFoundError`.
   *
   * The messages are those appended to the thread; where there are none, those of its latest state; where there are none
   * either, what its turns say (`saidInTurn`), in their order. What a chat says of its messages it says of these. Costs
   * the messages it returns; an offset costs nothing but where they are the turns', then an index entry for each turn.
   */
  listMessages(query: MessageQuery, options?: ReadOptions): AsyncIterable<MessageBatch>;
}

/** Reads the turns of threads. */
export interface TurnReader {
  /**
   * Yields turns of a thread, in their order whichever end they are nearest to, from one snapshot, in batches of bounded
   * size, and at least one. Costs the turns it returns. Raises `NotFoundError` if there is no such thread.
   */
  listTurns(query: TurnQuery, options?: ReadOptions): AsyncIterable<TurnBatch>;
}

/** Some turns of a thread. */
export interface TurnBatch {
  turns: PlacedTurn[];
  /** The same in every batch: how many turns the thread has. */
  total: number;
  /** The same in every batch: whether more turns follow, away from the end that was started at. */
  hasMore: boolean;
}

/** A part of a list of chats. */
export interface ChatBatch {
  chats: ChatThread[];
  /** The same in every batch. */
  totals: ChatTotals;
  /** The same in every batch: whether more chats match after the last one of the page. */
  hasMore: boolean;
}

/** A part of a stretch of a transcript. */
export interface MessageBatch {
  messages: PlacedMessage[];
  /** The same in every batch: how many messages the whole transcript has. */
  total: number;
  /** The same in every batch: whether more messages follow the stretch, away from the end it started at. */
  hasMore: boolean;
}

/**
 * Does what the TTLs of threads ask. Reads hide what has expired whether it ran or not: the thread, its spans and the
 * feedback on it. What its going means for other threads that share a trace with it shows when it is swept.
 */
export interface ThreadSweeper {
  /**
   * Removes or thins out up to `limit` threads, of any project, that have expired by `now`, and returns how many it
   * was; fewer than `limit` means there are no more. Each thread is a transaction of its own.
   */
  sweepExpired(now: ThreadKeyAt["now"], limit: number): Promise<number>;
}

/** Keeps files. */
interface FileStore {
  /** Stores a file, once for each project and digest, whatever its pieces. Durable when it resolves. */
  createFile(file: StoredFile): Promise<void>;
  /**
   * Yields a file's bytes in pieces of the size they came in. Must raise `NotFoundError` if there is none. Costs, and
   * holds in memory, a piece at a time.
   */
  readFile(key: ContentKey): AsyncIterable<Uint8Array>;
}

/** Keeps the versions of named objects. */
export interface ObjectStore {
  /**
   * Stores a value under a name. One that the name does not have yet becomes its next version, and the latest; one that
   * it has changes nothing. A value is kept once for each project and digest, in its first spelling. Durable when it
   * resolves.
   */
  createObject(draft: ObjectDraft): Promise<void>;
  /**
   * Removes versions of an object, all or none of those named, and returns how many; the newest that is left becomes the
   * latest. Numbers of versions are not given again: a value that is stored anew is the next version. Must raise
   * `NotFoundError` for a version that is not there, or a name without any. Values stay, since they are shared. Durable
   * when it resolves.
   */
  deleteObject(which: ObjectVersions): Promise<number>;
  /** One version with its value; null if there is none. Costs a look-up and the value. */
  getObject(key: ObjectKey): Promise<ObjectVersion | null>;
  /**
   * Yields those of some versions that are there, with their values, in the order asked for, in batches of bounded size,
   * from one snapshot. Costs the look-ups and the values. Releases as `queryThreads` does.
   */
  getObjects(keys: ObjectKey[], options?: ReadOptions): AsyncIterable<FoundVersion[]>;
  /**
   * Yields the versions that match, in order, in batches of bounded size, from one snapshot. Costs what it returns and
   * steps over where it filters nothing; the versions of the names asked for; for the latest alone, the names. Other
   * filters look at all of the project. Releases as `queryThreads` does.
   */
  queryObjects(query: ObjectQuery, options?: ReadOptions): AsyncIterable<ObjectVersion[]>;
}

/** Keeps tables, whose rows are JSON objects. */
export interface TableStore {
  /**
   * Stores a table, once for each project and digest, and those of its rows that the project does not have yet. Must
   * raise `NotFoundError`, and store nothing, if the value of a row is neither given nor there. Durable when it resolves.
   */
  createTable(table: TableDraft): Promise<void>;
  /** How many rows a table has; null if there is none. Costs a look-up. */
  countRows(key: ContentKey): Promise<number | null>;
  /**
   * Yields rows of a table in order, in batches of bounded size, from one snapshot; none if there is no such table.
   * Costs what it returns and the offset; for rows of given digests, the table's list. Releases as `queryThreads` does.
   */
  queryRows(query: TableQuery, options?: ReadOptions): AsyncIterable<PlacedRow[]>;
}

/** Reads spans. */
export interface SpanReader {
  /**
   * Yields one entry for each id of the query, in its order, in batches of bounded size, from one snapshot. A
   * conversation too large for one batch comes as several entries in a row with the same `position`; its feedback is
   * in the last of them. Reads no payload. Releases as `queryThreads` does.
   */
  querySpans(query: ConversationSpansQuery, options?: ReadOptions): AsyncIterable<ConversationSpans[]>;
}

/** Keeps the keys that let callers in; they belong to no project. */
export interface KeyStore {
  /**
   * Stores a key; must raise `AlreadyExistsError` if another that is not revoked has its name. Durable when it resolves,
   * and seen by every read that starts after, of other processes too.
   */
  createKey(key: StoredKey): Promise<void>;
  /**
   * Revokes the key of this id, or else the one of this name that is not revoked, and returns it; once revoked, a key
   * stays as it is. Must raise `NotFoundError` if there is none. Durable and seen as `createKey` says.
   */
  revokeKey(idOrName: string, now: Instant): Promise<AccessKey>;
  /** Whether there ever was a key: once true it stays so. Costs a look-up. */
  hasKeys(): Promise<boolean>;
  /** All keys, revoked ones too, by (createdAt, id). */
  listKeys(): Promise<AccessKey[]>;
  /** The keys of a prefix, revoked ones too; seldom more than one. Costs a look-up: every request does it. */
  findKeys(prefix: string): Promise<StoredKey[]>;
}

/** Gives out and takes in all that projects hold, but no keys: how they move from one store to another. */
export interface ProjectMover {
  /** The projects in which anything is stored, in the order of code points. Costs a few look-ups each. */
  listProjects(): Promise<string[]>;
  /**
   * Yields all that a project holds, from one snapshot, in batches of bounded size, and at least one batch. Of two
   * stores that hold the same the entries are the same, in the same order: by kind and key, after each thread its
   * states and messages, and objects and tables after the documents they name. What has expired and is not swept yet is
   * among them. Releases as `queryThreads` does.
   */
  exportProject(projectId: string, options?: ReadOptions): AsyncIterable<TransferBatch>;
  /**
   * Stores entries of an export in their order, in one transaction, with all that follows from them; the stretches of
   * a file or table must come together. What the project has already stays as it is: a span's version by
   * `compareVersions`, all else by its identity. Durable when it resolves. Must raise `NotFoundError`, and store
   * nothing, if a state or message comes without its thread, or an object or table without a document.
   */
  importEntries(projectId: string, entries: TransferEntry[]): Promise<void>;
}

/** A part of what a project holds. */
export interface TransferBatch {
  entries: TransferEntry[];
  /** The same in every batch: about how many entries there are in all. */
  total: number;
}

/** What a reader may say of its read. */
export interface ReadOptions {
  /** Ends the read; the iterator then raises the signal's reason. */
  signal?: AbortSignal;
}

/** The spans and feedback of one requested conversation, or a part of them. */
export interface ConversationSpans {
  /** The place of the conversation in the query's ids. */
  position: number;
  conversationId: string;
  /** By (startedAt, spanId). */
  spans: StoredSpan[];
  /** On the conversation first, then on turns whose traces are among its spans; each by (createdAt, id). */
  feedback: SpanFeedback[];
  /** More of this conversation follows. */
  continues: boolean;
}
