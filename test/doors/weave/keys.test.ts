import { describe, expect, test } from "vitest";
import type { Door } from "../../../src/doors/kit/door.ts";
import type { Access } from "../../../src/doors/kit/identity/access.ts";
import { weaveDoor } from "../../../src/doors/weave/door.ts";
import { start } from "../../server/harness.ts";
import { start as startedCall } from "../../store/call-builders.ts";
import { object } from "../../store/content-builders.ts";
import { makeKey } from "../../store/make-key.ts";
import { createNaiveStore } from "../../store/naive-store.ts";

/** A path of the door. */
interface PathCase {
  /** What it needs of a key. */
  access: Access;
  /** A request that names a project; without one, a GET. */
  body?: (projectId: string) => object | FormData;
  /** Whether the request names none after all. */
  namesNone?: true;
}

const started = (project_id: string) => ({
  project_id,
  id: "call",
  op_name: "op",
  started_at: "2026-08-20T00:00:00Z",
  attributes: {},
  inputs: {},
});
const ended = (project_id: string) => ({
  project_id,
  id: "call",
  ended_at: "2026-08-20T00:00:01Z",
  summary: {},
});
const feedback = (project_id: string) => ({
  project_id,
  weave_ref: `weave:///${project_id}/call/call`,
  feedback_type: "wandb.note.1",
  payload: {},
});
const byId = { $expr: { $eq: [{ $getField: "id" }, { $literal: "x" }] } };
const project = (project_id: string) => ({ project_id });
const content = (project_id: string) => ({ project_id, digest: "none" });
const file = (project_id: string) => {
  const form = new FormData();
  form.set("project_id", project_id);
  form.set("file", new Blob(["x"]));
  return form;
};

/** Every path of the door. */
const PATHS: Record<string, PathCase> = {
  "/server_info": { access: "open" },
  "/graphql": { access: "read", body: () => ({ query: "{ viewer { username } }" }), namesNone: true },
  "/threads/stream_query": { access: "read", body: project },
  "/agents/conversations/spans": { access: "read", body: project },
  "/feedback/create": { access: "write", body: feedback },
  "/feedback/batch/create": { access: "write", body: (id) => ({ batch: [feedback(id)] }) },
  "/feedback/query": { access: "read", body: project },
  "/feedback/purge": { access: "write", body: (project_id) => ({ project_id, query: byId }) },
  "/obj/create": { access: "write", body: (project_id) => ({ obj: { project_id, object_id: "o", val: 1 } }) },
  "/obj/read": { access: "read", body: (id) => ({ ...content(id), object_id: "none" }) },
  "/obj/delete": { access: "write", body: (project_id) => ({ project_id, object_id: "none" }) },
  "/objs/query": { access: "read", body: project },
  "/table/create": { access: "write", body: (project_id) => ({ table: { project_id, rows: [{}] } }) },
  "/table/update": {
    access: "write",
    body: (project_id) => ({ project_id, base_digest: "none", updates: [] }),
  },
  "/table/query": { access: "read", body: content },
  "/table/query_stats": { access: "read", body: content },
  "/refs/read_batch": { access: "read", body: (id) => ({ refs: [`weave:///${id}/object/none:v0`] }) },
  "/file/create": { access: "write", body: file },
  "/files/create": { access: "write", body: file },
  "/file/content": { access: "read", body: content },
  "/files/content": { access: "read", body: content },
  "/call/upsert_batch": {
    access: "write",
    body: (id) => ({ batch: [{ mode: "start", req: { start: started(id) } }] }),
  },
  "/call/start": { access: "write", body: (id) => ({ start: started(id) }) },
  "/call/end": { access: "write", body: (id) => ({ end: ended(id) }) },
  "/v2/:entity/:project/call/start": { access: "write", body: (id) => ({ start: started(id) }) },
  "/v2/:entity/:project/call/end": { access: "write", body: (id) => ({ end: ended(id) }) },
  "/v2/:entity/:project/calls/complete": {
    access: "write",
    body: (id) => ({ batch: [{ ...started(id), ...ended(id) }] }),
  },
  "/calls/stream_query": { access: "read", body: project },
  "/calls/query_stats": { access: "read", body: project },
  "/call/read": { access: "read", body: (project_id) => ({ project_id, id: "none" }) },
  "/calls/delete": { access: "write", body: (project_id) => ({ project_id, call_ids: ["none"] }) },
  "/call/update": {
    access: "write",
    body: (project_id) => ({ project_id, call_id: "x", display_name: "y" }),
  },
};

const MINE = "ent/mine";

/** The paths that ask for a key. */
const GUARDED = Object.entries(PATHS).filter(([, { access }]) => access !== "open");

/** Sends a path its request; answers with all that a client could tell answers apart by. */
type Ask = (path: string, key: string | null, projectId?: string) => Promise<string>;

/** Serves the door over a store with keys, until the test ends; `routes` are those it registers. */
async function open() {
  const store = createNaiveStore();
  const keys = {
    right: await makeKey(store, { name: "right", projects: [MINE] }),
    reader: await makeKey(store, { name: "reader", projects: [MINE], role: "read" }),
    other: await makeKey(store, { name: "other", projects: ["ent/other"] }),
    wrong: `sk_skein_${"x".repeat(43)}`,
  };
  await store.writeCalls([{ kind: "start", start: startedCall("there", { projectId: MINE }) }]);
  await store.createObject(object({ projectId: MINE, objectId: "none" }));
  const routes: Record<string, { access: Access }> = {};
  const door: Door = {
    http(app, context) {
      app.addHook("onRoute", ({ url, method, config }) => {
        if (method !== "HEAD") routes[url] = { access: config?.access ?? "write" };
      });
      return weaveDoor.http!(app, context);
    },
  };
  const { url } = await start({ store, doors: [door] });

  const ask: Ask = async (path, key, projectId = MINE) => {
    const [entity, name] = projectId.split("/") as [string, string];
    const body = PATHS[path]!.body?.(projectId);
    const response = await fetch(url + path.replace(":entity", entity).replace(":project", name), {
      method: body ? "POST" : "GET",
      headers: {
        ...(body && !(body instanceof FormData) && { "content-type": "application/json" }),
        ...(key !== null && { authorization: `Basic ${Buffer.from(`api:${key}`).toString("base64")}` }),
      },
      ...(body && { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
    const challenge = response.headers.get("www-authenticate");
    return `${response.status} ${await response.text()}${challenge ? ` ${challenge}` : ""}`;
  };

  /** What every path that asks for a key answers. */
  async function askAll(key: string | null, projectId?: string): Promise<Record<string, string>> {
    const answers: Record<string, string> = {};
    for (const [path] of GUARDED) answers[path] = await ask(path, key, projectId);
    return answers;
  }

  return { routes, keys, ask, askAll };
}

/** The same for every path, or as its case says. */
function each(expected: (given: PathCase) => unknown): Record<string, unknown> {
  return Object.fromEntries(GUARDED.map(([path, given]) => [path, expected(given)]));
}

const SERVED = expect.stringMatching(/^(200|404) /);

describe("Weave's paths", () => {
  test("are all in this test, each with what it needs of a key", async () => {
    const { routes } = await open();
    const expected = Object.entries(PATHS).map(([path, { access }]) => [path, { access }]);
    expect(routes).toEqual(Object.fromEntries(expected));
  });

  test("answer a key of the project", async () => {
    const { keys, askAll } = await open();
    expect(await askAll(keys.right)).toEqual(each(() => SERVED));
  });

  test("ask for a key, and for one that is right", async () => {
    const { keys, askAll, ask } = await open();
    const refused = '401 {"detail":"Not authenticated"} Basic realm="Skein", Bearer';
    expect(await askAll(null)).toEqual(each(() => refused));
    expect(await askAll(keys.wrong)).toEqual(each(() => refused));
    expect(await ask("/server_info", null)).toMatch(/^200 /);
  });

  test("let a key that reads read, and not write", async () => {
    const { keys, askAll } = await open();
    const denied = '403 {"reason":"The key \\"reader\\" may read only; this needs write"}';
    expect(await askAll(keys.reader)).toEqual(each(({ access }) => (access === "read" ? SERVED : denied)));
  });

  test("do not tell a key of another project whether the project is there", async () => {
    const { keys, askAll } = await open();
    const hidden = each(({ namesNone }) => (namesNone ? SERVED : '403 {"detail":"Project not found"}'));
    expect(await askAll(keys.other, MINE)).toEqual(hidden);
    expect(await askAll(keys.other, "ent/none")).toEqual(hidden);
  });
});
