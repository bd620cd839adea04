import { expect, test } from "vitest";
import { openWeave } from "./open.ts";

/** The operations that Weave's clients send, and the answers they wait for. */
test.each([
  [
    "query DefaultEntity { viewer { username defaultEntity { name } } }",
    {},
    { viewer: { username: "api", defaultEntity: { name: "default" } } },
  ],
  [
    `query Project($project: String!, $entity: String) {
       project(name: $project, entityName: $entity) { name } # where it is
     }`,
    { project: "proj", entity: "ent" },
    { project: { name: "proj" } },
  ],
  [
    `mutation UpsertModel($name: String!, $id: String, $entity: String!, $description: String, $repo: String) {
       upsertModel(input: { id: $id, name: $name, entityName: $entity, description: $description, repo: $repo }) {
         model { name description entityName }
       }
     }`,
    { name: "proj", entity: "ent", description: null },
    { upsertModel: { model: { name: "proj", description: null, entityName: "ent" } } },
  ],
  ["{ mine: viewer { login: username } }", null, { mine: { login: "api" } }],
])("%s", async (query, variables, data) => {
  const { post } = await openWeave();
  expect(await post("/graphql", { query, variables })).toMatchObject({ status: 200, json: { data } });
});

test.each([
  ["{ artifact(id: 1) { name } }", 'Cannot query field "artifact"'],
  ["{ viewer { constructor } }", 'Cannot query field "constructor"'],
  ["{ viewer }", 'Cannot query field "viewer"'],
  ["{ viewer { username ", "Syntax Error: Unexpected the end"],
  ["{ viewer(a: { username }", "Syntax Error: Unexpected the end"],
  ["query ; {}", "Syntax Error: Unexpected character at position 6"],
  ["{ ...all }", 'Syntax Error: Unexpected "..."'],
  ["", "Syntax Error: Unexpected the end"],
  [`{ ${"username ".repeat(201)} }`, "The operation asks for more than 200 fields"],
  [`{ viewer { ${"username ".repeat(200)} } }`, "The operation asks for more than 200 fields"],
  [`{${"viewer{".repeat(21)}`, 'Syntax Error: Unexpected "{"'],
  [`{ "${"x".repeat(1000)}" }`, `Syntax Error: Unexpected ""${"x".repeat(252)}…"`],
])("%.60s is an error of GraphQL", async (query, message) => {
  const { post } = await openWeave();
  expect(await post("/graphql", { query })).toMatchObject({
    status: 200,
    json: { data: null, errors: [{ message }] },
  });
});

test("an operation may ask for 200 fields", async () => {
  const { post } = await openWeave();
  const query = `{ viewer { ${Array.from({ length: 199 }, (_, index) => `f${index}: username`).join(" ")} } }`;
  const { json } = await post("/graphql", { query });
  expect(Object.keys((json as { data: { viewer: object } }).data.viewer)).toHaveLength(199);
});

test("no more of a document is read than its operation", async () => {
  const { post } = await openWeave();
  const query = "{ viewer { username } } } ; never looked at";
  expect((await post("/graphql", { query })).json).toEqual({ data: { viewer: { username: "api" } } });
});

test("a request has 64 KiB at most", async () => {
  const { post } = await openWeave();
  const body = JSON.stringify({ query: "{ viewer { username } }" });
  expect((await post("/graphql", body.padEnd(64 * 1024))).status).toBe(200);
  expect(await post("/graphql", body.padEnd(64 * 1024 + 1))).toMatchObject({
    status: 413,
    json: { reason: "Request too large" },
  });
});
