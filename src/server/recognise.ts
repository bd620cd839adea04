import type { Socket } from "node:net";

/** What a client that knows the server speaks HTTP/2 sends first (RFC 9113, section 3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/**
 * Reads a connection's first bytes until they are the preface or cannot become it, puts them back and says which.
 * A connection that leaves it open for `silenceMs` is cut.
 */
export function recognise(socket: Socket, silenceMs: number, decided: (isHttp2: boolean) => void): void {
  let seen = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), silenceMs);
  const stopTimer = () => clearTimeout(timer);

  function onReadable(): void {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    seen = Buffer.concat([seen, chunk]);
    const compared = Math.min(seen.length, PREFACE.length);
    const isPreface = seen.compare(PREFACE, 0, compared, 0, compared) === 0;
    if (isPreface && compared < PREFACE.length) return;
    stopTimer();
    socket.off("readable", onReadable);
    socket.off("close", stopTimer);
    socket.unshift(seen);
    decided(isPreface);
  }

  socket.on("close", stopTimer);
  socket.on("readable", onReadable);
}
