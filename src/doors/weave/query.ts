import { memberOf } from "../../model/json/value.ts";
import type { Expression, FieldKinds } from "../../model/query/expression/expression.ts";
import type { ExactBody } from "./parse-body.ts";
import { readExpression, readFieldPath } from "./read-expression.ts";

/** The condition in a body, read from it as it was written; null if there is none. */
export function conditionIn({ exact }: ExactBody, fields: FieldKinds): Expression | null {
  const query = memberOf(exact, "query") ?? null;
  return query === null ? null : readExpression(query, fields);
}

/** The order that a checked body asks for; none if it asks for none. */
export function readSort(sort: { field: string; direction: "asc" | "desc" }[] | null, fields: FieldKinds) {
  return (sort ?? []).map(({ field, direction }, index) => ({
    path: readFieldPath(field, fields, ["sort_by", index, "field"]),
    direction,
  }));
}
