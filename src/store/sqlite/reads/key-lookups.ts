import { findKeys, hasKeys, listKeys } from "../tables/api-keys.ts";
import { defineLookUp } from "./define-read.ts";

/** Whether there ever was a key. */
export const hasKeysRead = defineLookUp("hasKeys", (db, _: null) => hasKeys(db));

/** All keys. */
export const keysRead = defineLookUp("keys", (db, _: null) => listKeys(db));

/** The keys of a prefix. */
export const keysOfPrefixRead = defineLookUp("keysOfPrefix", findKeys);
