import { createNaiveStore } from "./naive-store.ts";
import { describeStore } from "./suite/index.ts";

for (const round of ["first", "second"] as const) {
  describeStore(`naive store that answers on the ${round} round`, async () => {
    const store = createNaiveStore(round);
    return { store, close: () => store.close() };
  });
}
