import { expect, onTestFinished, test } from "vitest";
import { exportPages } from "../../../src/store/sqlite/reads/export/export-pages.ts";
import { feedback, PROJECT, span } from "../builders.ts";
import { start } from "../call-builders.ts";
import { append, message } from "../chat-builders.ts";
import { draft, state } from "../record-builders.ts";
import { openTemporaryStore } from "../temporary-store.ts";
import { plansOf, statementsOf } from "./plans.ts";

/** Some of everything. */
async function filled() {
  const { store, file, close } = await openTemporaryStore();
  onTestFinished(close);
  const spans = Array.from({ length: 1_200 }, (_, index) => span({ traceId: "long", spanId: `${index}` }));
  await store.writeSpans(spans);
  await store.writeCalls([{ kind: "start", start: start("call") }]);
  await store.createFeedback(feedback());
  await store.createThread(draft());
  await store.setState(state(['{"messages":[{"role":"user","content":"hello"}]}']));
  await store.appendMessages(append([message()]));
  const classes = { isOp: false, baseObjectClass: null, leafObjectClass: null, userId: null, createdAt: 0 };
  const object = { projectId: PROJECT, objectId: "o", json: "{}", ...classes };
  for (const digest of ["a", "b"]) await store.createObject({ ...object, digest });
  await store.deleteObject({ projectId: PROJECT, objectId: "o", versions: [0] });
  await store.createTable({ projectId: PROJECT, digest: "t", rowDigests: ["a", "b"], rows: [] });
  await store.createFile({ projectId: PROJECT, digest: "f", pieces: [new Uint8Array(3)] });
  return file;
}

test("an export steps through indexes, whatever there is, and sorts nothing", async () => {
  const plans = plansOf(await filled(), (db) => exportPages(db, PROJECT));
  for (const index of ["trace_by_key", "span_by_key", "call_by_key", "feedback_by_key", "thread_by_key"]) {
    expect(plans).toContainEqual(expect.stringContaining(index));
  }
  // Entries are counted in indexes, and calls looked up by a list of ids.
  const walks = plans.filter((plan) => !/COVERING INDEX|VIRTUAL TABLE/.test(plan));
  expect(walks.filter((plan) => /TEMP B-TREE|^SCAN (?!\(subquery)/.test(plan))).toEqual([]);
});

test("an export reads a page of keys at a time, and each span once", async () => {
  const statements = statementsOf(await filled(), (db) => exportPages(db, PROJECT));
  const pages = statements.filter((sql) => /FROM span\s+WHERE trace/.test(sql));
  // Three of the long trace, and one of the trace that has a call only.
  expect(pages).toHaveLength(4);
  expect(statements.filter((sql) => /FROM span s .*WHERE s.id/s.test(sql))).toHaveLength(1_200);
});
