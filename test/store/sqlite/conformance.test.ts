import { describeStore } from "../suite/index.ts";
import { openTemporaryStore } from "../temporary-store.ts";

describeStore("SQLite store", openTemporaryStore);
