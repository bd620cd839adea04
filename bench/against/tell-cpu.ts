import { isMainThread } from "node:worker_threads";

// Loaded into a server before its own code: tells the parent process, when asked, the microseconds that all of the
// process's threads have spent on the processor.
if (isMainThread) {
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.once("disconnect", () => process.exit());
}
