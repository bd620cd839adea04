/** Resolves when the first of the signals aborts, and leaves no listener behind. */
export function whenAborted(...signals: AbortSignal[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = () => {
    for (const signal of signals) signal.removeEventListener("abort", onAbort);
    resolve();
  };
  for (const signal of signals) signal.addEventListener("abort", onAbort);
  if (signals.some((signal) => signal.aborted)) onAbort();
  return promise;
}

/** What `promise` comes to, unless a signal aborts before: then that signal's reason is thrown. */
export function settleUnlessAborted<T>(promise: Promise<T>, ...signals: AbortSignal[]): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => {
      forget();
      reject(signals.find((signal) => signal.aborted)?.reason);
    };
    const forget = () => {
      for (const signal of signals) signal.removeEventListener("abort", onAbort);
    };
    for (const signal of signals) signal.addEventListener("abort", onAbort);
    if (signals.some((signal) => signal.aborted)) onAbort();
    promise.finally(forget).then(resolve, reject);
  });
}
