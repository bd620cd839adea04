import { describeStore } from "../suite/index.ts";
import { openTemporaryStore } from "./open-store.ts";

describeStore("SQLite store", () => openTemporaryStore());
