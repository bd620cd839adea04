import { expect, test } from "vitest";
import { objectClassesOf, parseObjectVersion, printObjectVersion } from "../../src/model/content/content.ts";
import { parseJson } from "../../src/model/json/parse.ts";

test.each([
  ["latest", "latest"],
  ["v0", 0],
  ["v12", 12],
  ["v1234567890123456", { digest: "v1234567890123456" }],
  ["abc", { digest: "abc" }],
])("the version %s is read and printed", (text, version) => {
  expect(parseObjectVersion(text)).toEqual(version);
  expect(printObjectVersion(parseObjectVersion(text))).toBe(text);
});

const NONE = { isOp: false, baseObjectClass: null, leafObjectClass: null };

test.each([
  ["a text", '"x"', NONE],
  ["an object of no class", '{"a":1}', NONE],
  ["an op", '{"_type":"Op"}', { ...NONE, isOp: true }],
  ["an op by its type", '{"weave_type":{"type":"Op"}}', { ...NONE, isOp: true }],
  ["what has another type", '{"weave_type":{"type":"X"},"_type":"Op"}', NONE],
  [
    "a class of Weave's",
    '{"_class_name":"Dataset","_bases":["Object","BaseModel"]}',
    { isOp: false, baseObjectClass: "Dataset", leafObjectClass: "Dataset" },
  ],
  [
    "a class below one",
    '{"_class_name":"Mine","_bases":["Between","Model","BaseObject","BaseModel"]}',
    { isOp: false, baseObjectClass: "Model", leafObjectClass: "Mine" },
  ],
  [
    "a class below what is no name",
    '{"_class_name":"Mine","_bases":[1,"Object","BaseModel"]}',
    { isOp: false, baseObjectClass: "Mine", leafObjectClass: "Mine" },
  ],
  ["bases without a name", '{"_bases":["Object","BaseModel"]}', NONE],
  ["bases that are no list", '{"_class_name":"Mine","_bases":"BaseModel"}', NONE],
  ["bases that end otherwise", '{"_class_name":"Mine","_bases":["Object"]}', NONE],
  [
    "bases of another root",
    '{"_class_name":"Mine","_bases":["Other","BaseModel"],"_type":"Op"}',
    { ...NONE, isOp: true },
  ],
])("the classes of %s", (_, text, classes) => {
  expect(objectClassesOf(parseJson(text, []))).toEqual(classes);
});
