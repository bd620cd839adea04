import type { Rng } from "./rng.ts";
import type { Shape } from "./shape.ts";
import type { Words } from "./words.ts";

/** How many values of a name are tried until one is what a leaf takes. */
const TRIES = 3;

/** How often a member of an object is left out, and one without which there is nothing to be asked. */
const LEFT_OUT = 0.5;
const REQUIRED_LEFT_OUT = 0.01;

/** A document of a shape; mostly one that its schema takes. */
export function documentOf(shape: Shape, rng: Rng, words: Words, name = "value"): unknown {
  switch (shape.kind) {
    case "object": {
      const members = Object.entries(shape.members).filter(
        ([member]) => !rng.chance(shape.required.has(member) ? REQUIRED_LEFT_OUT : LEFT_OUT),
      );
      return Object.fromEntries(members.map(([member, of]) => [member, documentOf(of, rng, words, member)]));
    }
    case "list": {
      const { item } = shape;
      const whole = words(name);
      if (item.kind === "leaf" && Array.isArray(whole) && whole.every(item.takes)) return whole;
      const count = rng.pick([0, 1, 1, 2, 3]);
      return Array.from({ length: count }, () => documentOf(item, rng, words, name));
    }
    case "union":
      return documentOf(rng.pick(shape.options), rng, words, name);
    case "values":
      return rng.pick(shape.values);
    case "leaf":
      for (let tries = 0; tries < TRIES; tries++) {
        const value = words(name);
        if (shape.takes(value)) return value;
      }
      return shape.samples.length > 0 ? rng.pick(shape.samples) : words(name);
  }
}
