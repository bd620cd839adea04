/** How patient the listener is, in milliseconds. */
export interface ListenerTimeouts {
  /** From a connection's start until it is known which protocol it speaks. */
  silence: number;
  /** From a request's first byte to the end of its headers; over HTTP/2, until the client's settings arrive. */
  headers: number;
  /** How long an HTTP/2 request's body may pause. */
  body: number;
}

/** What a listener takes. */
export interface ListenerLimits {
  timeouts: ListenerTimeouts;
  /** Connections at once; more are closed. */
  connections: number;
  /** Requests under way at once; more are answered 503. */
  requests: number;
  /** Requests under way at once of one HTTP/2 connection. */
  streams: number;
  /** Requests that one HTTP/2 connection may reset in a second, beyond those it lets finish. */
  resetsPerSecond: number;
  /** The largest headers of a request. */
  headerBytes: number;
}
