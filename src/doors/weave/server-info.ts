/** GET /server_info: the oldest Python client that may log in; all may. */
export async function serverInfo(): Promise<{ min_required_weave_python_version: string }> {
  return { min_required_weave_python_version: "0.0.1" };
}
