import { createHash } from "node:crypto";
import { z } from "zod";
import { InvalidRequestError } from "../../model/errors.ts";
import { cursorAt, type ThreadCursor, type ThreadQuery, type ThreadSummary } from "../../model/thread.ts";

const content = z.tuple([z.string(), z.array(z.union([z.number(), z.string(), z.null()])), z.string()]);

/** Makes and reads the page tokens of one query: opaque to clients, and refused by any other query. */
export interface PageTokens {
  /** The token that continues after a row. */
  after(row: ThreadSummary): string;
  /**
   * The place a token stands for.
   *
   * @throws InvalidRequestError when it is not a token of this query
   */
  read(token: string): ThreadCursor;
}

/** @param query decides by project, filter and order which tokens are its own; limit and offset may differ */
export function createPageTokens(query: Omit<ThreadQuery, "after">): PageTokens {
  const { projectId, startedAfter, updatedBefore, threadIds, sort } = query;
  const digest = createHash("sha256")
    .update(JSON.stringify([projectId, startedAfter, updatedBefore, threadIds, sort]))
    .digest("base64url")
    .slice(0, 16);
  return {
    after(row) {
      const { values, threadId } = cursorAt(row, sort);
      return Buffer.from(JSON.stringify([digest, values, threadId])).toString("base64url");
    },
    read(token) {
      const [owner, values, threadId] = parse(token);
      if (owner !== digest) throw refusal("is the token of a query with another project, filter or order");
      const fits = sort.every(
        ({ field }, key) => (typeof values[key] === "string") === (field === "thread_id"),
      );
      if (!fits || values.length !== sort.length) throw refusal("is not a page token");
      return { values, threadId };
    },
  };
}

function parse(token: string): z.output<typeof content> {
  try {
    return content.parse(JSON.parse(Buffer.from(token, "base64url").toString("utf8")));
  } catch {
    throw refusal("is not a page token");
  }
}

function refusal(message: string): InvalidRequestError {
  return new InvalidRequestError([{ path: ["page_token"], message }]);
}
