/** How long clients wait, in milliseconds. None of it is asserted but `answer`, which is long for a busy machine too. */
export const PATIENCE = {
  /** For the answer to a whole request. */
  answer: 60_000,
  /** For more bytes, once an answer has begun: streams without an end are left then. */
  more: 400,
  /** For anything to come of bytes that may be no request. */
  bytes: 400,
  /** For the echo of the last PING. */
  ping: 2000,
  /** For the server to close, after the client closed its own direction. */
  close: 400,
};
