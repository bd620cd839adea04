import { workerData } from "node:worker_threads";
import { InvalidRequestError } from "../../src/model/base/errors.ts";
import { serveWorker } from "../../src/workers/serve-worker.ts";

let released = 0;

function* countTo(limit: number): Generator<number> {
  try {
    for (let number = 1; number <= limit; number++) yield number;
  } finally {
    released++;
  }
}

/** Returns its last value. */
function* countDown(from: number): Generator<number, number> {
  for (let number = from; number > 1; number--) yield number;
  return 1;
}

serveWorker<number | string | Uint8Array, number | string>({
  call(request) {
    if (request === "data") return workerData;
    if (request === "released") return released;
    if (request === "never") return new Promise(() => {});
    if (request === "exit") process.exit(1);
    if (request === "bad") throw new InvalidRequestError([{ path: ["a", 1], message: "is bad" }]);
    if (request === "thrown text") throw "text";
    if (request instanceof Uint8Array) return request.length;
    return request;
  },
  stream(request) {
    if (typeof request !== "number") throw new TypeError("not a number");
    return request < 0 ? countDown(-request) : countTo(request);
  },
});
