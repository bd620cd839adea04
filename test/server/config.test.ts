import { Command } from "commander";
import { afterEach, describe, expect, test, vi } from "vitest";
import { addConfigOptions, type Config, configSchema } from "../../src/server/config.ts";

/** Parses a command line, with errors thrown instead of ending the process. */
function parse(...flags: string[]): Config {
  const command = addConfigOptions(new Command("serve"));
  command.exitOverride().configureOutput({ writeErr: () => {} });
  return command.parse(flags, { from: "user" }).opts();
}

afterEach(() => vi.unstubAllEnvs());

test("nothing given is the documented configuration", () => {
  expect(parse()).toEqual(configSchema.parse({}));
  expect(parse()).toEqual({
    host: "127.0.0.1",
    port: 7337,
    db: "./data/skein.db",
    shared: false,
    defaultProject: "default",
    durability: "full",
    otlpLimit: 64 * 2 ** 20,
    restLimit: 32 * 2 ** 20,
    rpcLimit: 16 * 2 ** 20,
    requestTimeout: 60_000,
    snapshotTime: 300_000,
    sweepInterval: 60_000,
    writeQueueLimit: 64 * 2 ** 20,
    bodyMemory: 64 * 2 ** 20,
    answerMemory: 96 * 2 ** 20,
    bodyRate: 1024,
    connectionLimit: 4096,
    requestLimit: 10_000,
    streamLimit: 256,
    resetLimit: 200,
    headerLimit: 16_384,
    corsOrigin: [],
    allowedHost: [],
    insecure: false,
    logLevel: "warn",
    shutdownGrace: 10_000,
  });
});

test("a flag wins over its variable, which wins over the default", () => {
  vi.stubEnv("SKEIN_PORT", "1");
  vi.stubEnv("SKEIN_WRITE_QUEUE_LIMIT", "7");
  expect(parse("--port", "2")).toMatchObject({ port: 2, writeQueueLimit: 7 });
});

test.each([
  [["--otlp-limit", "512KiB"], { otlpLimit: 524_288 }],
  [["--rpc-limit", "1000"], { rpcLimit: 1000 }],
  [["--request-timeout", "500ms"], { requestTimeout: 500 }],
  [["--snapshot-time", "2min"], { snapshotTime: 120_000 }],
  [
    ["--cors-origin", "https://a.example, https://b.example"],
    { corsOrigin: ["https://a.example", "https://b.example"] },
  ],
  [["--insecure"], { insecure: true }],
  [["--insecure", "no"], { insecure: false }],
  [["--durability", "relaxed"], { durability: "relaxed" }],
])("%j is read", (flags, expected) => expect(parse(...flags)).toMatchObject(expected));

test.each(["no", "false", "0"])("SKEIN_INSECURE=%s is not insecure", (value) => {
  vi.stubEnv("SKEIN_INSECURE", value);
  expect(parse().insecure).toBe(false);
});

describe("a bad value is an error that names the option", () => {
  test.each([
    ["--port", "x"],
    ["--port", "65536"],
    ["--port", "-1"],
    ["--port", "1e3"],
    ["--host", ""],
    ["--rpc-limit", "0"],
    ["--rpc-limit", "5GiB"],
    ["--rest-limit", "5 MB"],
    ["--request-timeout", "60"],
    ["--request-timeout", "0s"],
    ["--durability", "none"],
    ["--insecure", "perhaps"],
    ["--log-level", "loud"],
  ])("%s %s", (flag, value) => {
    expect(() => parse(`${flag}=${value}`)).toThrow(new RegExp(`^error: option '${flag} .*is invalid\\.`));
  });

  test("in a variable, too", () => {
    vi.stubEnv("SKEIN_PORT", "");
    expect(() => parse()).toThrow(/value '' from env 'SKEIN_PORT' is invalid/);
  });

  test.each(["--nothing", "extra"])("%s is unknown", (flag) => expect(() => parse(flag)).toThrow(/^error:/));
});

test("the help documents every option with its variable and default", () => {
  const help = addConfigOptions(new Command("serve")).configureHelp({ helpWidth: 400 }).helpInformation();
  for (const name of Object.keys(configSchema.shape)) {
    const words = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const variable = `SKEIN_${words.replaceAll("-", "_").toUpperCase()}`;
    expect(help).toMatch(new RegExp(`--${words} .+\\(default: .+env: ${variable}\\)`));
  }
});
