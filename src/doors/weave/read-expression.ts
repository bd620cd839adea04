import { type FaultPath, InvalidRequestError } from "../../model/base/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../model/json/value.ts";
import type { Expression, FieldKinds, FieldPath, Operand } from "../../model/query/expression/expression.ts";
import { CONVERSIONS } from "../../model/query/expression/value.ts";
import { readDatetime } from "../fastapi/datetime.ts";

/** How deep operations may nest: far more than programs write. */
const MAX_DEPTH = 50;

/** How many operations and operands a query may have: each is looked at for each thing that is asked. */
const MAX_OPERANDS = 2000;

const MAX_PATH_STEPS = 100;

const COMPARISONS = { $eq: "eq", $gt: "gt", $gte: "gte", $lt: "lt", $lte: "lte" } as const;

const OPERATORS = ["$and", "$or", "$not", "$eq", "$gt", "$gte", "$lt", "$lte", "$in", "$contains"] as const;

const OPERANDS = ["$literal", "$getField", "$convert", ...OPERATORS] as const;

/**
 * Reads Weave's query language: `{"$expr": …}` with `$and`, `$or`, `$not`, `$eq`, `$gt`, `$gte`, `$lt`, `$lte`, `$in` and
 * `$contains`, over `$getField`, `$literal` and `$convert`. What it means, `holds` says.
 *
 * @param query the query, its numbers as they were written
 * @param fields what it can speak of
 * @throws InvalidRequestError with the place of what is not understood, nests too deeply or is too much
 */
export function readExpression(query: JsonValue, fields: FieldKinds): Expression {
  let count = 0;

  function operand(input: JsonValue, path: FaultPath, depth: number): Operand {
    count += 1;
    if (count > MAX_OPERANDS) fail(["query"], `has more than ${MAX_OPERANDS} operations and operands`);
    const [name, given] = onlyMember(input, OPERANDS, path);
    const at = [...path, name];
    switch (name) {
      case "$literal":
        return { kind: "literal", value: given };
      case "$getField":
        if (typeof given !== "string") return fail(at, "must be the name of a field");
        return { kind: "field", path: readFieldPath(given, fields, at) };
      case "$convert": {
        const { input: inner, to } = members(given, ["input", "to"], [], at);
        const conversion = CONVERSIONS.find((each) => each === to);
        if (!conversion) return fail([...at, "to"], `must be one of ${CONVERSIONS.join(", ")}`);
        return { kind: "convert", operand: below(inner!, [...at, "input"], depth), to: conversion };
      }
      default:
        return operation(input, path, depth);
    }
  }

  function operation(input: JsonValue, path: FaultPath, depth: number): Expression {
    const [name, given] = onlyMember(input, OPERATORS, path);
    const at = [...path, name];
    const all = (values: JsonValue[], place: FaultPath) =>
      values.map((value, index) => below(value, [...place, index], depth));
    switch (name) {
      case "$and":
      case "$or": {
        const operands = all(list(given, at), at);
        if (operands.length === 0) fail(at, "must not be empty");
        return { kind: name === "$and" ? "and" : "or", operands };
      }
      case "$not":
        return { kind: "not", operand: all(list(given, at, 1), at)[0]! };
      case "$in": {
        const [value, among] = list(given, at, 2);
        const left = below(value!, [...at, 0], depth);
        const operands = all(list(among!, [...at, 1]), [...at, 1]);
        return {
          kind: "in",
          left,
          operands: operands.map((each, index) => beside(each, left, [...at, 1, index])),
        };
      }
      case "$contains": {
        const parts = members(given, ["input", "substr"], ["case_insensitive"], at);
        const ignoreCase = parts.case_insensitive ?? false;
        if (typeof ignoreCase !== "boolean")
          return fail([...at, "case_insensitive"], "must be true or false");
        const text = below(parts.input!, [...at, "input"], depth);
        return { kind: "contains", text, part: below(parts.substr!, [...at, "substr"], depth), ignoreCase };
      }
      default: {
        const [left, right] = all(list(given, at, 2), at) as [Operand, Operand];
        const kind = COMPARISONS[name];
        return { kind, left: beside(left, right, [...at, 0]), right: beside(right, left, [...at, 1]) };
      }
    }
  }

  function below(input: JsonValue, path: FaultPath, depth: number): Operand {
    if (depth === MAX_DEPTH) fail(["query"], `nests deeper than ${MAX_DEPTH} operations`);
    return operand(input, path, depth + 1);
  }

  /** An operand that is compared with another: a text beside a moment is one, too. */
  function beside(given: Operand, other: Operand, path: FaultPath): Operand {
    if (given.kind !== "literal" || typeof given.value !== "string") return given;
    if (other.kind !== "field" || fields.get(other.path[0]!) !== "moment") return given;
    const { value: instant } = readDatetime(given.value);
    if (instant === undefined) return fail(path, `must be a datetime, since ${other.path[0]} is one`);
    return { kind: "literal", value: { instant } };
  }

  const [, expression] = onlyMember(query, ["$expr"], ["query"]);
  return operation(expression, ["query", "$expr"], 1);
}

/**
 * Reads the name of a field and the steps into it, parted by dots; a dot after a backslash is part of a key.
 *
 * @param path the place of the text in the request
 * @throws InvalidRequestError when there is no such field, or it has nothing inside
 */
export function readFieldPath(text: string, fields: FieldKinds, path: FaultPath): FieldPath {
  const steps = text.split(/(?<!\\)\./, MAX_PATH_STEPS + 1).map((step) => step.replaceAll("\\.", "."));
  const kind = fields.get(steps[0]!);
  if (!kind || (steps.length > 1 && kind !== "document")) {
    const names = [...fields].map(([name, kind]) => (kind === "document" ? `${name}, ${name}.…` : name));
    fail(path, `must be one of ${names.join(", ")}`);
  }
  if (steps.length > MAX_PATH_STEPS) fail(path, `has more than ${MAX_PATH_STEPS} steps`);
  return steps;
}

function fail(path: FaultPath, message: string): never {
  throw new InvalidRequestError([{ path, message }]);
}

/** The one member of an object, which must have one of some names. */
function onlyMember<const Name extends string>(
  input: JsonValue,
  names: readonly Name[],
  path: FaultPath,
): [Name, JsonValue] {
  const [member, ...more] = isJsonObject(input) ? input : [];
  const name = names.find((each) => each === member?.[0]);
  if (name === undefined || more.length > 0) {
    return fail(path, `must be an object with one key: ${names.join(", ")}`);
  }
  return [name, member![1]];
}

function members(
  input: JsonValue,
  required: string[],
  optional: string[],
  path: FaultPath,
): Record<string, JsonValue> {
  const given: JsonObject = isJsonObject(input) ? input : new Map();
  for (const name of required) if (!given.has(name)) fail([...path, name], "is required");
  for (const name of given.keys()) {
    if (![...required, ...optional].includes(name)) fail([...path, name], "is not understood");
  }
  return Object.fromEntries(given);
}

function list(input: JsonValue, path: FaultPath, length?: number): JsonValue[] {
  if (Array.isArray(input) && (length === undefined || input.length === length)) return input;
  return fail(path, length === undefined ? "must be a list" : `must be a list of ${length}`);
}
