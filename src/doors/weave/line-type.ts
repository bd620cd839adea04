const LINE_TYPES = ["application/jsonl", "application/x-ndjson", "application/json"];

/** The documented type, unless the client takes one of its other names and not that. */
export function lineType(accept = ""): string {
  const accepted = accept
    .toLowerCase()
    .split(",")
    .map((entry) => entry.replace(/;.*/s, "").trim());
  if (accepted.includes("*/*") || accepted.includes("application/*")) return LINE_TYPES[0]!;
  return LINE_TYPES.find((type) => accepted.includes(type)) ?? LINE_TYPES[0]!;
}
