import {
  type Conversion,
  compareValues,
  convert,
  equalValues,
  textOf,
  truthOf,
  type Value,
} from "./value.ts";

/** A condition on one thing that has fields. Plain data. */
export type Expression =
  | { kind: "and" | "or"; operands: Operand[] }
  | { kind: "not"; operand: Operand }
  | { kind: Comparison; left: Operand; right: Operand }
  /** Whether the value equals one of some. */
  | { kind: "in"; left: Operand; operands: Operand[] }
  /** Whether the one's text holds the other's. */
  | { kind: "contains"; text: Operand; part: Operand; ignoreCase: boolean };

type Comparison = "eq" | "gt" | "gte" | "lt" | "lte";

/** What a condition speaks of; a condition itself stands for a truth value. */
export type Operand =
  | { kind: "literal"; value: Value }
  | { kind: "field"; path: FieldPath }
  | { kind: "convert"; operand: Operand; to: Conversion }
  | Expression;

/** A field, and the steps into it: keys of objects, and indexes of lists, from 0 on. */
export type FieldPath = readonly string[];

/** The fields there are. Steps lead into documents alone; texts beside a moment are read as datetimes. */
export type FieldKinds = ReadonlyMap<string, "scalar" | "moment" | "document">;

/** The fields of one thing; null where a path leads nowhere. */
export type Fields = (path: FieldPath) => Value;

/**
 * Whether an expression holds: it does or it does not, there is no third. What cannot be compared (`compareValues`) is
 * not equal, not greater and not less, and `not` of that holds: "not equal to a" is also true of what has no such
 * field. Only nothing equals nothing. Nothing holds no text. An operand that should be a condition holds if it stands
 * for true.
 */
export function holds(expression: Expression, fields: Fields): boolean {
  switch (expression.kind) {
    case "and":
      return expression.operands.every((operand) => isTrue(operand, fields));
    case "or":
      return expression.operands.some((operand) => isTrue(operand, fields));
    case "not":
      return !isTrue(expression.operand, fields);
    case "eq":
      return equalValues(operandValue(expression.left, fields), operandValue(expression.right, fields));
    case "in": {
      const value = operandValue(expression.left, fields);
      return expression.operands.some((operand) => equalValues(value, operandValue(operand, fields)));
    }
    case "contains":
      return contains(
        operandValue(expression.text, fields),
        operandValue(expression.part, fields),
        expression.ignoreCase,
      );
    default: {
      const order = compareValues(
        operandValue(expression.left, fields),
        operandValue(expression.right, fields),
      );
      return order !== null && COMPARISONS[expression.kind](order);
    }
  }
}

const COMPARISONS: Record<Exclude<Comparison, "eq">, (order: number) => boolean> = {
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
};

/** The paths of the fields that an operand speaks of. */
export function fieldsIn(operand: Operand): FieldPath[] {
  switch (operand.kind) {
    case "literal":
      return [];
    case "field":
      return [operand.path];
    case "convert":
    case "not":
      return fieldsIn(operand.operand);
    case "and":
    case "or":
      return operand.operands.flatMap(fieldsIn);
    case "in":
      return [operand.left, ...operand.operands].flatMap(fieldsIn);
    case "contains":
      return [operand.text, operand.part].flatMap(fieldsIn);
    default:
      return [operand.left, operand.right].flatMap(fieldsIn);
  }
}

function operandValue(operand: Operand, fields: Fields): Value {
  switch (operand.kind) {
    case "literal":
      return operand.value;
    case "field":
      return fields(operand.path);
    case "convert":
      return convert(operandValue(operand.operand, fields), operand.to);
    default:
      return holds(operand, fields);
  }
}

function isTrue(operand: Operand, fields: Fields): boolean {
  return truthOf(operandValue(operand, fields)) === true;
}

function contains(value: Value, part: Value, ignoreCase: boolean): boolean {
  if (value === null || part === null) return false;
  const [text, wanted] = [textOf(value), textOf(part)];
  return ignoreCase ? text.toLowerCase().includes(wanted.toLowerCase()) : text.includes(wanted);
}
