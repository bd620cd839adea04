import type { Rng } from "./rng.ts";

/** An expression in Weave's query language, mostly one that is understood. */
export function expression(rng: Rng, fields: readonly string[]): unknown {
  return { $expr: operation(rng, fields, 3) };
}

function operation(rng: Rng, fields: readonly string[], depth: number): unknown {
  const operand = () => operandOf(rng, fields, depth - 1);
  const deeper = () => (depth > 0 ? operation(rng, fields, depth - 1) : { $eq: [operand(), operand()] });
  switch (rng.below(6)) {
    case 0:
      return { [rng.pick(["$and", "$or"])]: Array.from({ length: rng.from(0, 3) }, deeper) };
    case 1:
      return { $not: [deeper()] };
    case 2:
      return { $in: [operand(), Array.from({ length: rng.from(0, 4) }, operand)] };
    case 3:
      return { $contains: { input: operand(), substr: operand(), case_insensitive: rng.chance(0.5) } };
    default:
      return { [rng.pick(["$eq", "$gt", "$gte", "$lt", "$lte"])]: [operand(), operand()] };
  }
}

function operandOf(rng: Rng, fields: readonly string[], depth: number): unknown {
  switch (rng.below(depth > 0 ? 6 : 4)) {
    case 0:
    case 1:
      return { $getField: rng.pick(fields) };
    case 2:
      return { $literal: rng.pick([1, 0.5, "why", null, true, [], {}, "2026-01-01T00:00:00Z"]) };
    case 3:
      return { $literal: rng.pick(["wandb.agent_user_feedback", "answer", ""]) };
    case 4: {
      const to = rng.pick(["double", "string", "int", "bool", "exists", "other"]);
      return { $convert: { input: operandOf(rng, fields, depth - 1), to } };
    }
    default:
      return operation(rng, fields, depth - 1);
  }
}
