/** Reads the answers that come on a connection of HTTP/1.1. */
export interface AnswerReader {
  push(bytes: Buffer): void;
  /** The connection has ended, and with it an answer that has no other end. */
  end(): void;
  statuses: number[];
  /** How many answers are complete. */
  complete: number;
  /** The server said that it takes no other request on the connection. */
  closes: boolean;
  /** What the last answer's body ends with. */
  tail(): string;
}

const KEPT_BYTES = 2048;

/** @param methods of the requests, in their order: an answer to HEAD has no body, whatever it says */
export function createAnswerReader(methods: readonly string[]): AnswerReader {
  let waiting: Buffer = Buffer.alloc(0);
  let state: "head" | "body" | "size" | "chunk" | "trailer" | "rest" = "head";
  let left = 0;
  let kept = "";

  const reader: AnswerReader = {
    statuses: [],
    complete: 0,
    closes: false,
    tail: () => kept,
    push(bytes) {
      waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
      while (step());
    },
    end() {
      if (state === "rest") finish();
    },
  };

  function finish(): void {
    reader.complete += 1;
    state = "head";
  }

  /** Takes a line off what waits; null if it is not there yet. */
  function line(end = "\r\n"): string | null {
    const at = waiting.indexOf(end);
    if (at < 0) return null;
    const text = waiting.toString("latin1", 0, at);
    waiting = waiting.subarray(at + end.length);
    return text;
  }

  function readBody(): boolean {
    const taken = Math.min(left, waiting.length);
    if (taken === 0 && left > 0) return false;
    kept = (kept + waiting.toString("latin1", Math.max(0, taken - KEPT_BYTES), taken)).slice(-KEPT_BYTES);
    waiting = waiting.subarray(taken);
    left -= taken;
    return left === 0;
  }

  /** Goes on by one part of an answer; false when that is not there yet. */
  function step(): boolean {
    switch (state) {
      case "head": {
        const head = line("\r\n\r\n");
        if (head !== null) readHead(head);
        return head !== null;
      }
      case "body":
        if (!readBody()) return false;
        finish();
        return true;
      case "size": {
        const size = line();
        if (size === null) return false;
        left = Number.parseInt(size, 16);
        state = left === 0 ? "trailer" : "chunk";
        left += 2;
        return true;
      }
      case "chunk":
        if (!readBody()) return false;
        state = "size";
        return true;
      case "trailer": {
        const trailer = line();
        if (trailer === "") finish();
        return trailer !== null;
      }
      case "rest":
        left = waiting.length;
        readBody();
        return false;
    }
  }

  function readHead(head: string): void {
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0);
    if (status >= 100 && status < 200 && status !== 101) return;
    const isHead = methods[reader.complete] === "HEAD";
    reader.statuses.push(status);
    kept = "";
    if (/\r\nconnection: *close/i.test(head)) reader.closes = true;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (isHead || status === 204 || status === 304) {
      finish();
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      state = "size";
    } else if (length !== undefined) {
      state = "body";
      left = Number(length);
    } else {
      state = "rest";
    }
  }

  return reader;
}
