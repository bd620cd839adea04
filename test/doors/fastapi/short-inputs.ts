const MAX_BYTES = 256;

/** What FastAPI answers, with no more repeated of the request than Skein repeats. */
export function withShortInputs<Answer extends object>(answer: Answer): Answer {
  if (!("detail" in answer) || !Array.isArray(answer.detail)) return answer;
  const entries = answer.detail as { input: unknown }[];
  return { ...answer, detail: entries.map((entry) => ({ ...entry, input: shortened(entry.input) })) };
}

function shortened(input: unknown): unknown {
  if (typeof input !== "string") return Buffer.byteLength(JSON.stringify(input)) > MAX_BYTES ? null : input;
  if (Buffer.byteLength(input) <= MAX_BYTES) return input;
  const characters = [...input];
  const withDots = () => `${characters.join("")}…`;
  while (Buffer.byteLength(withDots()) > MAX_BYTES) characters.pop();
  return withDots();
}
