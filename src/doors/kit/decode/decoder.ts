import type { Steps } from "./steps.ts";

/**
 * A function that makes something of what a client sent, and of nothing else. A worker can run it, so what it takes,
 * gives and throws can be cloned; documents in it are best left as texts, which cost next to nothing then.
 */
export interface Decoder<Input, Output> {
  /** Its name in the registry of decoders, by which the worker finds it. */
  name: string;
  /** Decodes an input, at once or in steps: then others have their turn between them. */
  decode: (input: Input) => Output | Steps<Output>;
  /** What the input is made of, in pieces that take up to 5 µs each, if those are not JSON's; see `piecesOf`. */
  pieces?: (input: Input, most: number) => number;
}

/** A decoder that gives many values; between them it may give nothing, so that others have their turn. */
export interface StreamDecoder<Input, Part> extends Omit<Decoder<Input, never>, "decode"> {
  decode: (input: Input) => Iterable<Part | undefined>;
}

/** Any decoder of either kind. */
// biome-ignore lint/suspicious/noExplicitAny: what each takes and gives, those who use it know.
export type AnyDecoder = Decoder<any, unknown>;

/** Decoders by name, each loaded when a worker first needs it. */
export type DecoderRegistry = Readonly<Record<string, () => Promise<AnyDecoder>>>;
