/**
 * The rooms of `src`, from the ground up: a file may import from its own room and from those that stand before it in
 * every list that names both.
 */
export const FLOORS: readonly (readonly string[])[] = [
  ["src/model", "src/workers", "src/store", "src/doors", "src/server", "src/cli"],
  [
    "src/model/base",
    "src/model/json",
    "src/model/access",
    "src/model/query",
    "src/model/traces",
    "src/model/threads",
    "src/model/transcripts",
    "src/model/calls",
    "src/model/feedback",
    "src/model/content",
    "src/model/transfer.ts",
    "src/model/transfer-ids.ts",
  ],
  [
    "src/doors/kit",
    "src/doors/genai",
    "src/doors/chat",
    "src/doors/langgraph",
    "src/doors/otlp",
    "src/doors/rpc",
    "src/doors/weave",
  ],
  [
    "src/store/errors.ts",
    "src/store/roles",
    "src/store/store.ts",
    "src/store/shared",
    "src/store/sqlite",
    "src/store/open-store.ts",
  ],
  ["connection", "schema", "tables", "reads", "writes", "workers", "engine"].map(
    (room) => `src/store/sqlite/${room}`,
  ),
];

/** Rooms of which none may import from another. */
export const APART: readonly (readonly string[])[] = [
  ["src/doors/chat", "src/doors/langgraph", "src/doors/otlp", "src/doors/rpc", "src/doors/weave"],
];

/** Rooms that stand apart from all others: only the files named here may import from them. */
export const ENTRANCES: readonly { room: string; from: readonly string[] }[] = [
  {
    room: "src/store/sqlite",
    from: ["src/store/sqlite", "src/store/open-store.ts", "test/store/sqlite", "test/fixtures/files"],
  },
];

/**
 * The naive engine, which must know no rule of the model's, since it is what these are compared with: beside types it
 * imports what reads and prints JSON, and errors.
 */
export const NAIVE = {
  rooms: ["test/store/naive", "test/store/naive-store.ts"],
  allowed: [
    "src/model/base/errors.ts",
    "src/model/json/parse.ts",
    "src/model/json/print.ts",
    "src/store/errors.ts",
  ],
} as const;
