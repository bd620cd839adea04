import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { openWeave, type Post, PROJECT } from "./open.ts";

const DIGEST_OF_ABC = "ungWv48BzXpBQUDeXa4iI7ADYaOWF3qctBDYYfIAFa0";

async function upload(post: Post, path: string, bytes: Uint8Array<ArrayBuffer>, fieldsFirst = true) {
  const form = new FormData();
  if (fieldsFirst) form.append("project_id", PROJECT);
  form.append("file", new Blob([bytes]), "obj.py");
  if (!fieldsFirst) form.append("project_id", PROJECT);
  return post(path, form);
}

test("a file is named by its content, and comes back as it was", async () => {
  const { url, post } = await openWeave();
  const bytes = new Uint8Array(700_000).map((_, index) => (index * 7919) % 251);
  const first = await upload(post, "/file/create", bytes);
  const again = await upload(post, "/files/create", bytes, false);
  expect(first).toMatchObject({ status: 200, json: { digest: expect.stringMatching(/^\w{43}$/) } });
  expect(again.text).toBe(first.text);
  expect((await upload(post, "/file/create", new Uint8Array(Buffer.from("abc")))).json).toEqual({
    digest: DIGEST_OF_ABC,
  });
  const { digest } = first.json as { digest: string };
  for (const path of ["/file/content", "/files/content"]) {
    const response = await fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ project_id: PROJECT, digest }),
    });
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
  }
});

test("an empty file is a file", async () => {
  const { post } = await openWeave();
  const { json } = await upload(post, "/file/create", new Uint8Array());
  const read = await post("/file/content", { project_id: PROJECT, ...(json as object) });
  expect([read.status, read.text]).toEqual([200, ""]);
});

test("a file over the limit is a 413, one that is not there a 404, a form without one a 422", async () => {
  const { post } = await openWeave({ restBytes: 1000 });
  expect(await upload(post, "/file/create", new Uint8Array(1001))).toMatchObject({
    status: 413,
    json: { reason: "Request too large" },
  });
  expect((await upload(post, "/file/create", new Uint8Array(1000))).status).toBe(200);
  expect(await post("/file/content", { project_id: PROJECT, digest: "none" })).toMatchObject({
    status: 404,
    json: { reason: "File with digest none not found" },
  });
  expect((await post("/file/create", new FormData())).status).toBe(422);
  expect((await post("/file/create", {})).status).toBe(415);
});

test("a form that is none, or none to its end, is a 400", async () => {
  const { url } = await openWeave();
  const field = `--XX\r\ncontent-disposition: form-data; name="project_id"\r\n\r\n${PROJECT}\r\n`;
  const file = '--XX\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\nabc\r\n';
  const form = `${field}${file}--XX--\r\n`;
  const send = async (body: string, type = "multipart/form-data; boundary=XX") => {
    const headers = { "content-type": type };
    return fetch(`${url}/file/create`, { method: "POST", headers, body });
  };
  expect((await send(form)).status).toBe(200);
  const ends = [...form.matchAll(/\r\n/g)].map(({ index }) => index);
  for (const end of [1, 50, ...ends.slice(0, -2), form.length - 6]) {
    const cut = await send(form.slice(0, end));
    expect(cut.status, `cut at ${end}`).toBe(400);
    expect(await cut.json()).toEqual({ reason: expect.stringMatching(/^The form cannot be read: /) });
  }
  for (const type of ["", "; boundary=", "; boundary=YY", `; boundary=${"Y".repeat(300)}`, '; boundary="']) {
    expect((await send(form, `multipart/form-data${type}`)).status, type).toBe(400);
  }
});

test("a form with too much of anything is a 413", async () => {
  const { post } = await openWeave();
  const send = async (entries: [string, string | Blob][]) => {
    const form = new FormData();
    for (const [name, value] of entries) form.append(name, value);
    return post("/file/create", form);
  };
  const file: [string, Blob] = ["file", new Blob(["abc"])];
  const tooLarge = { status: 413, json: { reason: "Request too large" } };
  expect(await send([["project_id", PROJECT], file, file])).toMatchObject(tooLarge);
  expect(await send([...Array<[string, string]>(21).fill(["x", "y"]), file])).toMatchObject(tooLarge);
  // It is not cut, which would be another project.
  expect(await send([["project_id", "x".repeat(64 * 1024 + 1)], file])).toMatchObject(tooLarge);
});
