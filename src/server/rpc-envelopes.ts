import { Code, ConnectError } from "@connectrpc/connect";

/** The protocols that put each message into an envelope: flags, the message's length, the message. */
const ENVELOPED = /^application\/(grpc|connect\+)/i;

const HEAD_BYTES = 5;

/** The only flag a client may set: the message is compressed. */
const COMPRESSED = 0x01;

/** The runtime takes a look at every part of a message with each part that comes, so tiny ones are put together. */
const PART_BYTES = 16 * 1024;

/** Checks the envelopes of a body as its parts come: the runtime passes over flags it does not know. */
export interface Envelopes {
  /**
   * Takes a part, and gives those that are to be read now: one that ends nothing waits for those after it, as long as
   * there is room for them, and is copied.
   *
   * @throws ConnectError for what is no envelope
   */
  add(part: Uint8Array): Uint8Array[];
  /** Sees to it that nothing is missing. */
  end(): void;
}

/** What checks the envelopes of bodies of a type; null where its messages come in none. */
export function envelopesOf(contentType: string | undefined): Envelopes | null {
  if (!ENVELOPED.test(contentType ?? "")) return null;
  const reader = createEnvelopeReader();
  let waiting: Buffer | null = null;
  let size = 0;
  return {
    add(part) {
      if (!reader.endsIn(part) && size + part.length < PART_BYTES) {
        waiting ??= Buffer.allocUnsafe(PART_BYTES);
        waiting.set(part, size);
        size += part.length;
        return [];
      }
      const parts = waiting ? [waiting.subarray(0, size), part] : [part];
      [waiting, size] = [null, 0];
      return parts;
    },
    end: reader.end,
  };
}

/** Reads envelopes part by part; raises a ConnectError for what is none. */
interface EnvelopeReader {
  /** Whether the head of an envelope or its message ends in a part. */
  endsIn(part: Uint8Array): boolean;
  end(): void;
}

function createEnvelopeReader(): EnvelopeReader {
  const head = Buffer.alloc(HEAD_BYTES);
  let headBytes = 0;
  let messageBytes = 0;
  return {
    endsIn(part) {
      let isEnd = false;
      for (let at = 0; at < part.length; ) {
        const isMessage = messageBytes > 0;
        const taken = Math.min(isMessage ? messageBytes : HEAD_BYTES - headBytes, part.length - at);
        if (isMessage) {
          messageBytes -= taken;
          isEnd ||= messageBytes === 0;
        } else {
          head.set(part.subarray(at, at + taken), headBytes);
          headBytes += taken;
          if (headBytes === HEAD_BYTES) {
            checkFlags(head[0]!);
            [messageBytes, headBytes, isEnd] = [head.readUInt32BE(1), 0, true];
          }
        }
        at += taken;
      }
      return isEnd;
    },
    end() {
      if (messageBytes > 0 || headBytes > 0) throw protocolError("the last envelope is incomplete");
    },
  };
}

function checkFlags(flags: number): void {
  if ((flags & ~COMPRESSED) === 0) return;
  throw protocolError(`an envelope has flags ${flags}, of which a client may set ${COMPRESSED} only`);
}

function protocolError(fault: string): ConnectError {
  return new ConnectError(`protocol error: ${fault}`, Code.InvalidArgument);
}
