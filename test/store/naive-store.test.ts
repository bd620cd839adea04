import { createNaiveStore } from "./naive-store.ts";
import { describeStore } from "./suite/index.ts";

describeStore("naive store", async () => {
  const store = createNaiveStore();
  return { store, close: () => store.close() };
});
