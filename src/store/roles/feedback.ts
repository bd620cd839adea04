import type { Feedback, FeedbackQuery } from "../../model/feedback/feedback.ts";
import type { ReadOptions } from "./read-options.ts";

/** Takes in feedback. */
export interface FeedbackWriter {
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
export interface FeedbackReader {
  /**
   * Yields the feedback that matches, in order, in batches of bounded size, from one snapshot. Costs what has the ids,
   * refs or types that the condition names, else what was created in the time that it names, up to the end of the page;
   * in another order than that of creation all of it. Releases as `queryThreads` does.
   */
  queryFeedback(query: FeedbackQuery, options?: ReadOptions): AsyncIterable<Feedback[]>;
}
