import Database from "better-sqlite3";
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import type { Span } from "../../src/model/traces/span.ts";
import { compareVersions } from "../../src/model/traces/span-version.ts";
import { openStore } from "../../src/store/open-store.ts";
import { decodeExport } from "../doors/otlp/support/decode-export.ts";
import { answerOf, post } from "../doors/otlp/support/post.ts";
import { expectRecomputed } from "../store/recompute.ts";
import { makeExports, randomFrom } from "./generated-exports.ts";
import { makeFolder, type SkeinProcess, startSkein } from "./harness.ts";
import { expectWhole, readStored, type StoredBytes } from "./stored-spans.ts";

const ROUNDS = 15;
const TRACES = 40;
const SPANS_PER_EXPORT = 7;
const IN_FLIGHT = 6;

interface Export {
  bytes: Uint8Array;
  spans: Span[];
}

/** Everything sent of a span, and the version that is known to be on disk. */
interface Sent {
  versions: Span[];
  acknowledged: Span | null;
}

test(`kill -9 in the middle of exports, ${ROUNDS} times on one file, loses and halves nothing`, async () => {
  const seed = Number(process.env.SKEIN_TEST_SEED ?? Date.now() % 2 ** 31);
  onTestFailed(() => void process.stderr.write(`SKEIN_TEST_SEED=${seed}\n`));
  const random = randomFrom(seed);
  const { db: file, remove } = await makeFolder();
  onTestFinished(remove);
  const sent = new Map<string, Sent>();
  const everything: Export[] = [];
  let cut = 0;

  let server = await startSkein(file);
  onTestFinished(() => server.kill());
  for (let round = 0; round < ROUNDS; round++) {
    const exports = makeExports(random, round, TRACES, SPANS_PER_EXPORT).map((bytes) => ({
      bytes,
      spans: decodeExport({ bytes, encoding: "protobuf" }, "default").spans,
    }));
    everything.push(...exports);
    cut += await sendAndKill(server, exports, 1 + random(exports.length - IN_FLIGHT), sent);
    server = await startSkein(file);
    await expectKept(file, sent);
  }
  expect(cut, "exports that a kill cut off").toBeGreaterThan(0);

  // What an exporter does with what was not acknowledged: it sends it again.
  await sendAndKill(server, everything, everything.length, sent);
  server = await startSkein(file);
  const stored = await expectKept(file, sent);
  expect(stored).toHaveLength(sent.size);
  expect(await server.stop()).toBe(0);
}, 120_000);

/**
 * Sends exports, several at a time, and kills the server when `acknowledgements` have come.
 *
 * @returns how many exports were not acknowledged although they were sent
 */
async function sendAndKill(
  server: SkeinProcess,
  exports: Export[],
  acknowledgements: number,
  sent: Map<string, Sent>,
): Promise<number> {
  const waiting = [...exports];
  let acknowledged = 0;
  let unanswered = 0;
  let killed: Promise<void> | undefined;

  async function sendSome(): Promise<void> {
    for (let next = waiting.shift(); next && !killed; next = waiting.shift()) {
      for (const span of next.spans) remember(sent, span);
      try {
        const answer = await answerOf(await post(`${server.url}/v1/traces`, next.bytes));
        expect(answer.partialSuccess).toBeUndefined();
      } catch (error) {
        if (!killed) throw error;
        unanswered++;
        return;
      }
      acknowledged++;
      for (const span of next.spans) acknowledge(sent, span);
      if (acknowledged >= acknowledgements) killed ??= server.kill();
    }
  }

  await Promise.all(Array.from({ length: IN_FLIGHT }, sendSome));
  await killed;
  return unanswered;
}

/** Fails unless all that was acknowledged is stored, nothing is half-written and every answer follows from the spans. */
async function expectKept(file: string, sent: Map<string, Sent>): Promise<Span[]> {
  const db = new Database(file, { readonly: true });
  const rows = readStored(db);
  expectWhole(db);
  db.close();
  const stored = new Map(rows.map((row) => [keyOf(row), versionOf(row, sent)]));
  for (const [key, { acknowledged }] of sent) {
    if (acknowledged === null) continue;
    const span = stored.get(key);
    if (!span) expect.fail(`${key} was acknowledged, but is not stored`);
    expect(compareVersions(span, acknowledged), `${key} is older than acknowledged`).toBeGreaterThanOrEqual(
      0,
    );
  }
  const spans = [...stored.values()];
  const store = await openStore({ db: file });
  await expectRecomputed(store, spans);
  await store.close();
  return spans;
}

/** The version of a span that its stored bytes are. */
function versionOf(row: StoredBytes, sent: Map<string, Sent>): Span {
  const version = sent.get(keyOf(row))?.versions.find(({ payload }) => row.payload.equals(payload));
  return version ?? expect.fail(`${keyOf(row)} is stored with bytes that were never sent`);
}

function remember(sent: Map<string, Sent>, span: Span): void {
  const known = sent.get(keyOf(span)) ?? { versions: [], acknowledged: null };
  known.versions.push(span);
  sent.set(keyOf(span), known);
}

function acknowledge(sent: Map<string, Sent>, span: Span): void {
  const known = sent.get(keyOf(span))!;
  if (!known.acknowledged || compareVersions(span, known.acknowledged) > 0) known.acknowledged = span;
}

function keyOf({ projectId, traceId, spanId }: Pick<Span, "projectId" | "traceId" | "spanId">): string {
  return JSON.stringify([projectId, traceId, spanId]);
}
