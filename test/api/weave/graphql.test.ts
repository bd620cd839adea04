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
])("%s is an error of GraphQL", async (query, message) => {
  const { post } = await openWeave();
  expect(await post("/graphql", { query })).toMatchObject({
    status: 200,
    json: { data: null, errors: [{ message }] },
  });
});
