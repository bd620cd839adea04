import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, type ContextManager, context, ROOT_CONTEXT } from "@opentelemetry/api";

/** Makes OpenTelemetry's active span follow asynchronous calls, as its SDK for Node does; returns how to undo it. */
export function followAsyncCalls(): () => void {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, fn, thisArg, ...args) => storage.run(active, () => fn.call(thisArg as never, ...args)),
    bind: (active, target) =>
      typeof target === "function"
        ? storage.run(active, () => AsyncLocalStorage.bind(target as never))
        : target,
    enable: () => manager,
    disable: () => manager,
  };
  context.setGlobalContextManager(manager);
  return () => context.disable();
}
