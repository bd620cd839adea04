/** How long requests may keep one turn of the event loop, in milliseconds, until others wait for the next. */
const TURN_MS = 3;

/**
 * Shares the event loop among requests that arrive at once. Each calls `take` before it starts its work; when those
 * before it have used up this turn of the loop, it goes on in a later one, so that timers, other connections and
 * answers under way are not kept waiting for the whole burst.
 *
 * @param now a clock in milliseconds
 */
export function createTurns(now: () => number = () => performance.now()): (go: () => void) => void {
  let since: number | null = null;
  return function take(go) {
    if (since === null) {
      since = now();
      setImmediate(() => {
        since = null;
      });
    }
    if (now() - since < TURN_MS) go();
    else setImmediate(take, go);
  };
}
