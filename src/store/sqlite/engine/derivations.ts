import { settleUnlessAborted } from "../../../workers/signals.ts";
import { storeClosed } from "../../errors.ts";
import type { Derivation } from "../../roles/derivation.ts";

/** How long after a slice that failed the next one is tried. */
const RETRY_MS = 10_000;

/** What goes on with the derivation, and who learns of it. */
export interface DerivationOptions {
  /** What is to be done. */
  begun: Derivation[];
  /** Does a slice; returns what is left. */
  derive(): Promise<Derivation[]>;
  /** Learns what is left, at first and after each slice. */
  onProgress(left: Derivation[]): void;
  /** Learns, in a line for people, why a slice failed; it is tried again. */
  warn(line: string): void;
}

/** Derives again what other rules made, slice after slice, in the background. */
export interface BackgroundDerivation {
  /**
   * Waits until a part is by the rules of today.
   *
   * @throws what a slice fails with meanwhile, and the signal's reason
   */
  finished(part: Derivation["part"], signal?: AbortSignal): Promise<void>;
  /** Begins no more slices; resolves when the one under way is done. */
  close(): Promise<void>;
}

interface Waiting {
  part: Derivation["part"];
  done: PromiseWithResolvers<void>;
}

export function startDerivation({
  begun,
  derive,
  onProgress,
  warn,
}: DerivationOptions): BackgroundDerivation {
  const closing = new AbortController();
  let left = begun;
  let waiting: Waiting[] = [];

  const isLeft = (part: Derivation["part"]) => left.some((one) => one.part === part);

  /** Tells those who wait for what is done now; all of them, where there was an error. */
  function tellWaiting(error?: unknown): void {
    const [told, still] = [waiting, [] as Waiting[]];
    waiting = still;
    for (const one of told) {
      if (error !== undefined) one.done.reject(error);
      else if (isLeft(one.part)) still.push(one);
      else one.done.resolve();
    }
  }

  async function step(): Promise<void> {
    try {
      left = await derive();
      onProgress(left);
      tellWaiting();
    } catch (error) {
      if (closing.signal.aborted) return;
      tellWaiting(error);
      warn(
        `what is stored cannot be derived again by newer rules, and is tried later: ${(error as Error).message}`,
      );
      await pause(RETRY_MS, closing.signal);
    }
  }

  async function run(): Promise<void> {
    if (left.length > 0) onProgress(left);
    while (left.length > 0 && !closing.signal.aborted) await step();
  }

  const running = run();

  return {
    async finished(part, signal) {
      if (!isLeft(part)) return;
      const done = Promise.withResolvers<void>();
      waiting.push({ part, done });
      await settleUnlessAborted(done.promise, ...(signal ? [signal] : []));
    },
    async close() {
      closing.abort();
      await running;
      tellWaiting(storeClosed());
    },
  };
}

/** Waits some milliseconds, or until the signal; does not keep the process alive. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds).unref();
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
