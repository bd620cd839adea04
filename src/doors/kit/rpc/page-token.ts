import { createHash } from "node:crypto";
import { z } from "zod";
import { InvalidRequestError } from "../../../model/base/errors.ts";
import type { ThreadCursor } from "../../../model/threads/thread.ts";

/** Makes and reads the page tokens of one question: opaque to clients, and refused by any other question. */
export interface PageTokens<Place> {
  /** The token that continues after a place. */
  after(place: Place): string;
  /**
   * The place a token stands for.
   *
   * @throws InvalidRequestError when it is not a token of this question
   */
  read(token: string): Place;
}

/** Reads the place in a token; null when it cannot be one. */
type ReadPlace<Place> = (value: unknown) => Place | null;

const content = z.tuple([z.string(), z.unknown()]);
const cursor = z.object({
  values: z.array(z.union([z.number(), z.string(), z.null()])),
  threadId: z.string(),
});

/** @param question all that a token must not outlive: project, filter and order, but not how much to return */
export function createPageTokens<Place>(question: unknown[], readPlace: ReadPlace<Place>): PageTokens<Place> {
  let digest: string | undefined;
  // Worked out only where there is a token, since a question may be as long as a request.
  const digestOf = () => (digest ??= sha256(JSON.stringify(question)));
  return {
    after(place) {
      return Buffer.from(JSON.stringify([digestOf(), place])).toString("base64url");
    },
    read(token) {
      const [owner, value] = parse(token);
      if (owner !== digestOf())
        throw refusal("is the token of a query with another project, filter or order");
      const place = readPlace(value);
      if (place === null) throw refusal("is not a page token");
      return place;
    },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}

/**
 * Reads a place in an order of threads.
 *
 * @param textual for each key of the order, whether its values are texts; if not, they are numbers or null
 */
export function cursorOf(textual: boolean[]): ReadPlace<ThreadCursor> {
  return (value) => {
    const { data } = cursor.safeParse(value);
    if (data?.values.length !== textual.length) return null;
    return textual.every((text, key) => (typeof data.values[key] === "string") === text) ? data : null;
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
