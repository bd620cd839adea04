import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Instant } from "../../../model/base/instant.ts";
import type { DoorContext } from "../context.ts";
import type { Decoder } from "../decode/decoder.ts";
import type { Steps } from "../decode/steps.ts";
import { untilAnswered } from "./memory.ts";
import { bodyBytes, refuseCompressed } from "./raw-body.ts";

/** How the bodies of one kind of request are read. */
export interface BodyReader<Made> {
  /** What they are checked by. */
  type: z.ZodType;
  /**
   * Reads one, at once or in steps.
   *
   * @param now when it came, if the door tells
   * @throws the door's errors for what is not understood
   */
  read: (bytes: Uint8Array, now: Instant) => Made | Steps<Made>;
}

type Readers = Readonly<Record<string, BodyReader<unknown>>>;

/** What a reader makes of a body. */
export type BodyOf<Reader> = Reader extends BodyReader<infer Made> ? Made : never;

/** A body as the worker gets it. */
interface ReceivedBody<Kind> {
  kind: Kind;
  bytes: Uint8Array;
  now: Instant;
}

/** The bodies of a door, by the kind of request. */
export interface Bodies<Of extends Readers> {
  /** Reads any of them; to be listed in the registry of decoders. */
  decoder: Decoder<ReceivedBody<keyof Of>, BodyOf<Of[keyof Of]>>;
  /**
   * Reads the body of a request; no body at all is an empty one. Takes time in proportion to its length; the event loop
   * is not held for a large one.
   *
   * @param now when it came, for readers that want to know
   * @throws an error with the status 415 when it is compressed, and what its reader throws
   */
  read<Kind extends keyof Of>(
    context: DoorContext,
    request: FastifyRequest,
    kind: Kind,
    now?: Instant,
  ): Promise<BodyOf<Of[Kind]>>;
}

/**
 * Makes a door's readers of bodies work off the event loop.
 *
 * @param name the name of their decoder in the registry
 */
export function defineBodies<Of extends Readers>(name: string, readers: Of): Bodies<Of> {
  type Made = BodyOf<Of[keyof Of]>;
  const decoder: Decoder<ReceivedBody<keyof Of>, Made> = {
    name,
    decode: ({ kind, bytes, now }) => readers[kind]!.read(bytes, now) as Made | Steps<Made>,
  };
  return {
    decoder,
    read({ decoding }, request, kind, now = 0) {
      refuseCompressed(request);
      const bytes = bodyBytes(request);
      const over = untilAnswered(request);
      return decoding.run(decoder, { kind, bytes, now }, bytes.length, { over }) as Promise<never>;
    },
  };
}
