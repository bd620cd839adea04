import type { ConnectRouter } from "@connectrpc/connect";

/** What serves one RPC, told to a router. */
type Serve = (router: ConnectRouter) => void;

/**
 * Serves one RPC by two handlers, told apart by the request's codec. The binary one can then take or give messages
 * whose nested messages are bytes, so that they are decoded or encoded elsewhere or bit by bit: what the runtime does
 * itself, it does in one go on the event loop.
 */
export function serveByCodec(router: ConnectRouter, codecs: { binary: Serve; json: Serve }): void {
  codecs.binary(router);
  codecs.json(router);
  const [binary, json] = router.handlers.splice(-2);
  if (!binary || !json) throw new Error("each codec needs a handler");
  const byCodec: typeof binary = Object.assign(
    (request: Parameters<typeof binary>[0]) => (isJson(request) ? json(request) : binary(request)),
    { ...binary },
  );
  router.handlers.push(byCodec);
}

/** A GET names its codec in the query, all else in the content type. */
function isJson({ method, url, header }: { method: string; url: string; header: Headers }): boolean {
  if (method === "GET") return new URL(url).searchParams.get("encoding") === "json";
  return /[/+]json\b/.test(header.get("content-type") ?? "");
}
