import type { Catalogue } from "./catalogue.ts";
import { http1RawInput } from "./http1-raw.ts";
import { http2RawInput } from "./http2-raw.ts";
import type { Input } from "./input.ts";
import { restInput } from "./rest.ts";
import { createRng } from "./rng.ts";
import { rpcInput } from "./rpc.ts";
import { createWords } from "./words.ts";

/** How often each kind of input comes. */
const KINDS = { rest: 52, rpc: 34, http1Raw: 7, http2Raw: 7 };

/** The input of a number: it depends on the seed, its number and what the server serves, and on nothing else. */
export function makeInput(catalogue: Catalogue, seed: number, number: number): Input {
  const rng = createRng(seed, number);
  const words = createWords(rng, number);
  switch (rng.weighted(KINDS)) {
    case "rest":
      return restInput(catalogue, rng, words);
    case "rpc":
      return rpcInput(catalogue, rng, words);
    case "http1Raw":
      return http1RawInput(catalogue, rng);
    case "http2Raw":
      return http2RawInput(catalogue, rng);
  }
}
