import type { TransferEntry } from "../../model/transfer.ts";

/** About how much memory an entry takes beyond a few small fields. */
export function entrySize(entry: TransferEntry): number {
  switch (entry.kind) {
    case "span":
      return sum([entry.payload, entry.origin, ...entry.messages.map(({ json }) => json)]);
    case "call":
      return sum([entry.start?.json ?? "", entry.end?.json ?? ""]);
    case "feedback":
      return sum([entry.payloadJson, entry.extraJson]);
    case "thread":
      return sum([entry.metadata, entry.chat.documents]);
    case "checkpoint":
      return sum([entry.values, entry.tasks, entry.interrupts]);
    case "message":
      return sum([entry.text, entry.json]);
    case "document":
      return entry.json.length;
    case "object":
    case "removal":
      return 0;
    case "table":
      return sum(entry.rowDigests);
    case "file":
      return sum(entry.pieces);
  }
}

function sum(parts: { length: number }[]): number {
  return parts.reduce((total, { length }) => total + length, 0);
}
