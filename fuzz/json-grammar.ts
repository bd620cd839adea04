import type { Rng } from "./rng.ts";
import type { Shape } from "./shape.ts";
import type { Words } from "./words.ts";

/** How many values are tried until one is what a leaf takes. */
const TRIES = 8;

/** How often a member of an object is left out. */
const LEFT_OUT = 0.3;

/** A document of a shape; mostly one that its schema takes. */
export function documentOf(shape: Shape, rng: Rng, words: Words, name = "value"): unknown {
  switch (shape.kind) {
    case "object": {
      const members = Object.entries(shape.members).filter(
        ([member]) => isNeeded(member) || !rng.chance(LEFT_OUT),
      );
      return Object.fromEntries(members.map(([member, of]) => [member, documentOf(of, rng, words, member)]));
    }
    case "list":
      return Array.from({ length: rng.from(0, 3) }, () => documentOf(shape.item, rng, words, name));
    case "union":
      return documentOf(rng.pick(shape.options), rng, words, name);
    case "values":
      return rng.pick(shape.values);
    case "leaf": {
      let value = words(name);
      for (let tries = 0; tries < TRIES && !shape.takes(value); tries++) value = anything(rng, words, name);
      return value;
    }
  }
}

/** Without these there is nothing to be asked. */
function isNeeded(member: string): boolean {
  return /^(project_id|batch|mode|req|start|end|obj|table|id|call_ids?|digest|base_digest|refs|query)$/.test(
    member,
  );
}

/** A value of another kind than the name tells. */
function anything(rng: Rng, words: Words, name: string): unknown {
  return rng.pick<() => unknown>([
    () => words(name),
    () => words(name),
    () => [words(name)],
    () => ({}),
    () => [],
    () => "text",
    () => rng.from(0, 50),
    () => true,
    () => "2026-01-01T00:00:00Z",
    () => null,
  ])();
}
