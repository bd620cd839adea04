import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { draft, key } from "../../store/record-builders.ts";
import { type AllDoors, ID, openDoors } from "./limits.ts";

const UUID = "0198c2f0-7e11-7000-8000-0000000000aa";

let doors: AllDoors;

beforeAll(async () => {
  doors = await openDoors();
  return doors.close;
});

describe("the project that a URL names", () => {
  const named = (project: string) => `/p/${encodeURIComponent(project)}`;

  test.each<[string, string, string, unknown]>([
    ["LangGraph", "POST", "/threads", {}],
    ["LangGraph", "PATCH", `/threads/${UUID}`, {}],
    ["LangGraph", "POST", `/threads/${UUID}/copy`, {}],
    ["LangGraph", "POST", `/threads/${UUID}/state`, { values: {} }],
    ["chat", "POST", "/api/chat/threads", {}],
    ["chat", "PATCH", "/api/chat/threads/none", {}],
    ["chat", "POST", "/api/chat/threads/none/messages", { messages: [{ role: "user", content: "" }] }],
    ["RPC", "POST", "/skein.v1.ThreadService/CreateThread", {}],
  ])("has a limit for %s: %s %s", async (door, method, path, body) => {
    for (const text of ID.within)
      expect((await doors.send(method, named(text) + path, body)).text).not.toMatch(/at most/);
    for (const text of ID.beyond) {
      const answer = await doors.send(method, named(text) + path, body);
      expect(answer.status).toBe(door === "RPC" ? 400 : 422);
      expect(answer.text).toMatch(/project_id.*must be at most 1024 bytes long/);
    }
    const header = { "x-project-id": ID.beyond[0]! };
    expect((await doors.send(method, path, body, header)).text).toMatch(/must be at most 1024 bytes long/);
  });
});

describe("what an older file has beyond the limits", () => {
  const projectId = ID.beyond[1]!;
  const threadId = ID.beyond[2]!;
  const chatPath = `/p/${encodeURIComponent(projectId)}/api/chat/threads`;
  const path = `${chatPath}/${encodeURIComponent(threadId)}`;
  const rpc = (name: string, body = {}) =>
    doors.send("POST", `/skein.v1.ThreadService/${name}`, { projectId, threadId, ...body });

  const make = (project: string, id: string) =>
    doors.store.createThread(draft({ projectId: project, threadId: id, ifExists: "do_nothing" }));

  beforeEach(async () => {
    for (const id of [threadId, UUID]) await make(projectId, id);
  });

  test("is read", async () => {
    expect(await doors.send("GET", chatPath)).toMatchObject({
      status: 200,
      text: expect.stringContaining(threadId),
    });
    expect((await doors.send("GET", `${path}/messages`)).status).toBe(200);
    expect(await rpc("GetThread")).toMatchObject({ status: 200, text: expect.stringContaining(threadId) });
    const threads = `/p/${encodeURIComponent(projectId)}/threads`;
    expect((await doors.send("GET", `${threads}/${UUID}`)).status).toBe(200);
    expect(await doors.send("POST", `${threads}/search`, {})).toMatchObject({
      status: 200,
      text: expect.stringContaining(UUID),
    });
    const spans = { project_id: projectId, conversation_ids: [threadId] };
    expect((await doors.send("POST", "/agents/conversations/spans", spans)).status).toBe(200);
  });

  test("is not changed, but copied to a shorter id", async () => {
    expect(await doors.send("PATCH", path, {})).toMatchObject({
      status: 422,
      text: expect.stringContaining('"loc":["path","thread_id"]'),
    });
    expect((await rpc("UpdateThread")).status).toBe(400);
    await make("short", threadId);
    expect((await rpc("CopyThread", { projectId: "short", copyId: "copy" })).status).toBe(200);
    expect(await doors.store.getThread(key({ projectId: "short", threadId: "copy" }))).not.toBeNull();
  });

  test("is removed", async () => {
    expect((await doors.send("DELETE", path)).status).toBe(200);
    expect((await doors.send("DELETE", `/p/${encodeURIComponent(projectId)}/threads/${UUID}`)).status).toBe(
      204,
    );
    await make(projectId, threadId);
    expect((await rpc("DeleteThread")).status).toBe(200);
    await make(projectId, threadId);
    expect(
      (await rpc("PruneThreads", { threadId: undefined, threadIds: [threadId], strategy: 1 })).text,
    ).toContain('"1"');
  });
});

test("feedback on a thread of the longest id is taken, whose ref is longer than a client's may be", async () => {
  for (const id of ID.within) {
    const body = { projectId: "p", conversationId: id, feedbackType: "wandb.reaction.1" };
    expect((await doors.send("POST", "/skein.v1.ThreadService/CreateFeedback", body)).status).toBe(200);
  }
});

test("a ref of Weave's that leads to a longer id is refused", async () => {
  const ref = `weave:///p/agent_conversation/${"é".repeat(513)}`;
  const body = { project_id: "p", weave_ref: ref, feedback_type: "wandb.reaction.1", payload: {} };
  const answer = await doors.send("POST", "/feedback/create", body);
  expect(answer).toMatchObject({ status: 422, text: expect.stringContaining('"loc":["body","weave_ref"]') });
});

test("a file of a project with a longer id is refused", async () => {
  const form = (project: string) => {
    const given = new FormData();
    given.append("project_id", project);
    given.append("file", new Blob(["x"]), "f");
    return fetch(`${doors.url}/file/create`, { method: "POST", body: given });
  };
  for (const text of ID.within) expect((await form(text)).status).toBe(200);
  for (const text of ID.beyond) {
    const response = await form(text);
    expect(response.status).toBe(422);
    expect(await response.text()).toMatch(ID.words);
  }
});

test("the name of a model in a call is cut, and the call is kept", async () => {
  const model = "é".repeat(600);
  const call = {
    ...{ project_id: "p", op_name: "o", started_at: "2026-01-01T00:00:00Z", attributes: {} },
    ...{ id: "c", trace_id: "t" },
    thread_id: "x",
    turn_id: "c",
    inputs: { model },
  };
  expect((await doors.send("POST", "/call/start", { start: call })).status).toBe(200);
  const spans = { projectId: "p", conversationIds: ["x"], view: "SPAN_VIEW_FULL" };
  const { text } = await doors.send("POST", "/skein.v1.ThreadService/Spans", spans);
  expect(JSON.parse(text).conversations[0].spans[0].model).toBe("é".repeat(512));
});
