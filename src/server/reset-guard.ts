import { constants, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";

/**
 * Closes an HTTP/2 session whose client resets more than it lets finish: starting work costs a client nothing, doing it
 * costs Skein. Each reset takes one from what the session may still reset, each answer that is taken gives one back, and
 * so does time.
 *
 * @param resetsPerSecond how many resets a second are free, and how many at once
 * @param now a clock in milliseconds
 */
export function guardResets(
  session: ServerHttp2Session,
  resetsPerSecond: number,
  now: () => number = () => performance.now(),
): void {
  let left = resetsPerSecond;
  let countedAt = now();
  session.on("stream", (stream: ServerHttp2Stream) => {
    let isFinished = false;
    // A reset ends the stream's answer, too, but closes the stream first.
    stream.once("finish", () => {
      isFinished = !stream.closed;
    });
    stream.once("close", () => {
      const at = now();
      const returned = ((at - countedAt) / 1000) * resetsPerSecond + Number(isFinished);
      left = Math.min(resetsPerSecond, left + returned);
      countedAt = at;
      if (isFinished) return;
      left -= 1;
      if (left >= 0 || session.destroyed) return;
      session.destroy(new Error("the client resets too much"), constants.NGHTTP2_ENHANCE_YOUR_CALM);
    });
  });
}
