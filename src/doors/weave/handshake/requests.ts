import { z } from "zod";
import { dict, text } from "../../fastapi/types.ts";

/** The body of POST /graphql. */
export const graphqlRequest = z.object({
  query: text(),
  /** Those that are texts: no others are looked at. */
  variables: dict()
    .transform((given) => Object.fromEntries(Object.entries(given).filter(isTextEntry)))
    .nullable()
    .default(null),
});

function isTextEntry(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string";
}
