import type { Instant } from "../../base/instant.ts";
import type { Expression, Operand } from "./expression.ts";
import { instantOf } from "./value.ts";

/** What an expression says of single fields, for those who find things by an index. */

/** The conditions all of which must hold for an expression to. */
export function conjuncts(expression: Expression): Expression[] {
  if (expression.kind !== "and") return [expression];
  return expression.operands.flatMap((operand) => (isCondition(operand) ? conjuncts(operand) : []));
}

/** The texts one of which a field must be, where an expression says that and nothing else; else null. */
export function textsOf(expression: Expression, field: string): string[] | null {
  switch (expression.kind) {
    case "eq": {
      const { left, right } = expression;
      return isField(left, field)
        ? literalTexts([right])
        : isField(right, field)
          ? literalTexts([left])
          : null;
    }
    case "in":
      return isField(expression.left, field) ? literalTexts(expression.operands) : null;
    case "or": {
      const each = expression.operands.map((operand) =>
        isCondition(operand) ? textsOf(operand, field) : null,
      );
      return each.includes(null) ? null : each.flatMap((texts) => texts ?? []);
    }
    default:
      return null;
  }
}

/** Moments between which another lies, each of the two included; null where nothing is said. */
export interface Period {
  from: Instant | null;
  to: Instant | null;
}

/** Where a field must lie for all conditions to hold, or more than that: a condition still has to be looked at. */
export function periodOf(conditions: Expression[], field: string): Period {
  const period: Period = { from: null, to: null };
  for (const condition of conditions) {
    if (!("left" in condition) || condition.kind === "in") continue;
    const isLeft = isField(condition.left, field);
    if (!isLeft && !isField(condition.right, field)) continue;
    const other = isLeft ? condition.right : condition.left;
    const moment = other.kind === "literal" ? instantOf(other.value) : null;
    if (moment === null) continue;
    const isGreater = condition.kind === "gt" || condition.kind === "gte";
    if (condition.kind === "eq" || isGreater === isLeft)
      period.from = Math.max(period.from ?? moment, moment);
    if (condition.kind === "eq" || isGreater !== isLeft) period.to = Math.min(period.to ?? moment, moment);
  }
  return period;
}

function isCondition(operand: Operand): operand is Expression {
  return operand.kind !== "literal" && operand.kind !== "field" && operand.kind !== "convert";
}

function isField(operand: Operand, field: string): boolean {
  return operand.kind === "field" && operand.path.length === 1 && operand.path[0] === field;
}

function literalTexts(operands: Operand[]): string[] | null {
  const texts = operands.flatMap((operand) =>
    operand.kind === "literal" && typeof operand.value === "string" ? [operand.value] : [],
  );
  return texts.length === operands.length ? texts : null;
}
