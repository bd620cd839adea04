/** GET /server_info: the oldest Python client that may log in; all may. */
export function serverInfo() {
  return async () => ({ min_required_weave_python_version: "0.0.1" });
}
