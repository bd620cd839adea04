import type { CallReader, CallWriter } from "./roles/calls.ts";
import type { ChatReader, ChatWriter } from "./roles/chats.ts";
import type { FileStore, ObjectStore, TableStore } from "./roles/content.ts";
import type { DerivationState } from "./roles/derivation.ts";
import type { FeedbackReader, FeedbackWriter } from "./roles/feedback.ts";
import type { KeyStore } from "./roles/keys.ts";
import type { RecordReader, RecordWriter, StateReader, StateWriter, ThreadSweeper } from "./roles/records.ts";
import type { SpanReader, SpanWriter, ThreadReader, TurnReader } from "./roles/spans.ts";
import type { ProjectMover } from "./roles/transfer.ts";

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
    DerivationState,
    StoreState {
  /** Finishes what is under way, then releases everything. Later calls must raise `StoreUnavailableError`. */
  close(): Promise<void>;
}

/** Knows of the store as a whole. */
interface StoreState {
  /** Whether nothing is stored, of any project; keys aside. Costs one look-up per kind of data. */
  isEmpty(): Promise<boolean>;
  /**
   * Calls the listener with what keeps the store from taking writes, in one line that says what happened and what to do,
   * or with null when nothing does: at once, and again within two seconds of every change. Returns what ends that; so
   * does `close`. While there is such a thing, writes must raise `StoreUnavailableError`; reads may go on. Costs nothing.
   */
  watchHealth(listener: (trouble: string | null) => void): () => void;
}
