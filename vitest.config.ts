import { defineConfig } from "vitest/config";

/** Tests with the clients people have: SDKs, exporters, Python. */
const CLIENTS = ["test/**/{python,sdk,exporters,fastapi}.test.ts", "test/doors/otlp/live.test.ts"];
const CONFORMANCE = ["test/store/naive-store.test.ts", "test/store/sqlite/conformance.test.ts"];
const UNIT = ["test/{model,workers,house,contract}/**/*.test.ts", "test/store/naive/**/*.test.ts"];
const SECOND = 1000;

/**
 * The layers, from the ground up. Files of a layer share workers of vitest, and with them imported modules, stores and
 * their workers, unless a layer starts processes or changes what is global.
 */
function layer(name: string, include: string[], options: { exclude?: string[]; isolate?: boolean } = {}) {
  const { exclude = [], isolate = false } = options;
  return {
    extends: true as const,
    test: { name, include, exclude, isolate, ...(name === "unit" && { testTimeout: 20 * SECOND }) },
  };
}

export default defineConfig({
  test: {
    globalSetup: "test/setup/global-setup.ts",
    maxWorkers: "100%",
    testTimeout: 120 * SECOND,
    hookTimeout: 120 * SECOND,
    projects: [
      layer("unit", UNIT),
      layer("conformance", CONFORMANCE),
      layer("engines", ["test/{store,transfer}/**/*.test.ts"], { exclude: [...UNIT, ...CONFORMANCE] }),
      layer("doors", ["test/{doors,across-doors}/**/*.test.ts"], { exclude: CLIENTS }),
      layer("server", ["test/server/**/*.test.ts"], { exclude: CLIENTS }),
      layer("clients", CLIENTS, { isolate: true }),
      layer("e2e", ["test/{e2e,fuzz,bench}/**/*.test.ts"]),
    ],
  },
});
