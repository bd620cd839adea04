import { checkFilter } from "../../model/containment.ts";
import { printJson } from "../../model/json/print.ts";
import type { JsonObject } from "../../model/json/value.ts";

/**
 * The text of a document that others have to contain; null for an empty one, which asks nothing.
 *
 * @param name the field it came in, for the error
 * @throws InvalidRequestError when it is too large to compare with
 */
export function filterText(document: JsonObject | undefined, name: string): string | null {
  if (document === undefined || document.size === 0) return null;
  checkFilter(document, [name]);
  return printJson(document);
}
