import { expect, test } from "vitest";
import { createAccessKey } from "../../src/model/access/access-key.ts";
import { type ProjectSources, resolveProject } from "../../src/model/access/project.ts";

const NOWHERE: ProjectSources = { field: null, prefix: null, header: null, key: null };
const keyOf = (...projects: string[]) => createAccessKey({ name: "key", projects, role: "read" }, 0).key;

test.each<[string, Partial<ProjectSources>, string]>([
  ["its field", { field: "f", key: keyOf("k") }, "f"],
  ["the prefix", { field: "", prefix: "p" }, "p"],
  ["the header", { header: "h" }, "h"],
  ["several that agree", { field: "same", prefix: "same", header: "same" }, "same"],
  ["the only project of its key", { key: keyOf("k") }, "k"],
  ["the default, where the key has several", { key: keyOf("a", "b") }, "default"],
  ["the default, where nothing names one", {}, "default"],
])("the project of a request is that of %s", (_, sources, project) => {
  expect(resolveProject({ ...NOWHERE, ...sources }, "default")).toBe(project);
});

test.each<[Partial<ProjectSources>, string, string]>([
  [{ field: "f", prefix: "p" }, "f", "p"],
  [{ field: "f", prefix: "f", header: "h" }, "f", "h"],
  [{ prefix: "p", header: "h" }, "p", "h"],
])("names that disagree are refused: %j", (sources, first, other) => {
  const message = `names the project "${first}", but the request's URL or headers name "${other}"`;
  expect(() => resolveProject({ ...NOWHERE, ...sources }, "default")).toThrow(message);
});
