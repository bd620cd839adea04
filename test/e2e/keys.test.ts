import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder, skein, startSkein } from "./harness.ts";

async function folder() {
  const made = await makeFolder();
  onTestFinished(made.remove);
  return made.db;
}

/** Runs `skein keys …` to its end. */
async function keys(db: string, ...args: string[]) {
  const running = skein("keys", ...args, "--db", db);
  const output: string[] = [];
  running.child.stdout?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  const { code, errors } = await running.end();
  return { code, errors, output: output.join("") };
}

async function search(url: string, key?: string): Promise<number> {
  const headers = key === undefined ? {} : { "x-api-key": key };
  return (await fetch(`${url}/threads/search`, { method: "POST", headers })).status;
}

test("keys are made, listed and revoked beside a running server, which heeds them at once", async () => {
  const db = await folder();
  const server = await startSkein(db, "--log-level", "trace");
  onTestFinished(() => server.kill());
  expect(await search(server.url)).toBe(200);

  const { code, output } = await keys(
    db,
    "create",
    "--name",
    "ci",
    "--project",
    "default",
    "--role",
    "write",
  );
  expect(code).toBe(0);
  expect(output).toMatch(/^sk_skein_[\w-]{43}\n$/);
  const key = output.trim();
  expect(await search(server.url)).toBe(401);
  expect(await search(server.url, key)).toBe(200);
  const demo = skein("demo", "--url", server.url, "--key", key, "--conversations", "1");
  expect(await demo.end()).toMatchObject({ code: 0 });

  const listed = (await keys(db, "list")).output;
  expect(listed).toMatch(
    /^ID +NAME +KEY +ROLE +PROJECTS +CREATED +REVOKED\n\S+ +ci +sk_skein_\S{8}… +write +default +\S+\n$/,
  );
  expect(listed).not.toContain(key);

  expect(await keys(db, "revoke", "ci")).toMatchObject({
    code: 0,
    output: expect.stringContaining("revoked ci"),
  });
  expect(await search(server.url, key)).toBe(401);
  expect(await search(server.url)).toBe(401);

  const files = await readdir(dirname(db));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    expect((await readFile(join(dirname(db), file))).includes(key.slice(20)), file).toBe(false);
  }
  server.child.kill("SIGTERM");
  const { errors } = await server.end();
  expect(errors).not.toContain(key);
});

test("a server with keys listens on any address", async () => {
  const db = await folder();
  const refused = await skein("serve", "--db", db, "--port", "0", "--host", "0.0.0.0").end();
  expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining("keys -- create") });
  await keys(db, "create", "--name", "all", "--all-projects", "--role", "admin");
  const server = skein("serve", "--db", db, "--port", "0", "--host", "0.0.0.0");
  onTestFinished(() => void server.child.kill("SIGKILL"));
  const port = /:(\d+)$/.exec(await server.line(/^Skein listens on /))?.[1];
  expect(await server.line(/curl/)).toContain("authorization: Bearer YOUR-KEY");
  expect(await search(`http://127.0.0.1:${port}`)).toBe(401);
});

test("what cannot be done is one line on stderr", async () => {
  const db = await folder();
  const one = ["create", "--name", "one", "--role", "read"];
  expect(await keys(db, "list")).toMatchObject({ code: 1, errors: `skein: there is no database ${db}\n` });
  expect((await keys(db, ...one)).errors).toMatch(/^skein: projects: .*\n$/);
  expect((await keys(db, ...one, "--all-projects", "--project", "x")).errors).toMatch(/^error: .*\n$/);
  expect((await keys(db, "create", "--name", "one", "--all-projects")).errors).toContain("--role");
  expect((await keys(db, ...one, "--all-projects")).code).toBe(0);
  expect((await keys(db, ...one, "--all-projects")).errors).toBe('skein: There is a key "one" already\n');
  expect((await keys(db, "revoke", "two")).errors).toMatch(/^skein: There is no key .*"two"\n$/);
});
