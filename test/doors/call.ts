/** An answer to an HTTP request. */
interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON, which it must then be; undefined if there is none. */
  readonly json: unknown;
}

/** Sends a request; a body that is not a text is sent as JSON. */
export type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** Makes what calls a server. */
export function createCall(url: string): Call {
  return async (method, path, body, headers = {}) => {
    const sent = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
    const type = { "content-type": "application/json" };
    const response = await fetch(url + path, {
      method,
      headers: sent === undefined ? headers : { ...type, ...headers },
      ...(sent !== undefined && { body: sent }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      get json() {
        return text === "" ? undefined : JSON.parse(text);
      },
    };
  };
}
