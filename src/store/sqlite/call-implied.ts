import { type CallColumn, callColumn } from "../../model/call-fields.ts";
import type { Expression, Operand } from "../../model/expression/expression.ts";
import { instantOf } from "../../model/expression/value.ts";
import type { Instant } from "../../model/instant.ts";

/** What an expression asks of columns, whatever else it asks: of each at most as much as it asks. */
export interface Implied {
  /** Columns that must have one of some texts. */
  texts: { column: CallColumn; values: string[] }[];
  /** The first and the last moment a call can start at. */
  startsFrom: Instant;
  startsUntil: Instant;
}

/** Finds what of an expression an index can answer. Calls that have it still have to be looked at. */
export function impliedBy(expression: Expression | null): Implied {
  const implied: Implied = {
    texts: [],
    startsFrom: Number.MIN_SAFE_INTEGER,
    startsUntil: Number.MAX_SAFE_INTEGER,
  };
  for (const condition of expression ? conjuncts(expression) : []) {
    if (condition.kind === "eq") add(implied, condition.left, [condition.right]);
    if (condition.kind === "eq") add(implied, condition.right, [condition.left]);
    if (condition.kind === "in") add(implied, condition.left, condition.operands);
    if (condition.kind === "gt" || condition.kind === "gte") {
      startsAfter(implied, condition.left, condition.right);
      startsBefore(implied, condition.right, condition.left);
    }
    if (condition.kind === "lt" || condition.kind === "lte") {
      startsBefore(implied, condition.left, condition.right);
      startsAfter(implied, condition.right, condition.left);
    }
  }
  return implied;
}

/** The conditions that all must hold for an expression to hold. */
function conjuncts(operand: Operand): Operand[] {
  return operand.kind === "and" ? operand.operands.flatMap(conjuncts) : [operand];
}

/** A column that equals one of some values: a text equals itself alone. */
function add({ texts }: Implied, operand: Operand, among: Operand[]): void {
  const column = columnOf(operand);
  if (column === null || column.endsWith("_at")) return;
  const values = among.map((each) => (each.kind === "literal" ? each.value : null));
  if (values.every((value) => typeof value === "string")) texts.push({ column, values });
}

function startsAfter(implied: Implied, operand: Operand, bound: Operand): void {
  const instant = startBound(operand, bound);
  if (instant !== null) implied.startsFrom = Math.max(implied.startsFrom, instant);
}

function startsBefore(implied: Implied, operand: Operand, bound: Operand): void {
  const instant = startBound(operand, bound);
  if (instant !== null) implied.startsUntil = Math.min(implied.startsUntil, instant);
}

function startBound(operand: Operand, bound: Operand): Instant | null {
  if (columnOf(operand) !== "started_at" || bound.kind !== "literal") return null;
  return instantOf(bound.value);
}

function columnOf(operand: Operand): CallColumn | null {
  return operand.kind === "field" ? callColumn(operand.path) : null;
}
