import { type Client, ConnectError } from "@connectrpc/connect";
import { expect, onTestFinished, test } from "vitest";
import { BadRequestSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import type { ThreadService } from "../../../gen/skein/v1/thread_service_pb.ts";
import { MAX_JSON_DEPTH } from "../../../src/model/json/parse.ts";
import { PROJECT } from "../../store/builders.ts";
import { openTemporaryStore } from "../../store/temporary-store.ts";
import { connect } from "./client.ts";
import { EXACT, HOSTILE } from "./double.ts";

type Service = Client<typeof ThreadService>;

/** More than what is checked on the main thread. */
const LARGE = 40_000;

const thread = { projectId: PROJECT, threadId: "t" };
const feedback = {
  projectId: PROJECT,
  feedbackType: "note",
  target: { case: "conversationId" as const, value: "t" },
};

/** Every field that takes an object, its name in errors, and a call with a text in it. */
const OBJECTS: [string, (client: Service, text: string) => Promise<unknown>][] = [
  ["metadata_json", (client, text) => client.createThread({ projectId: PROJECT, metadataJson: text })],
  [
    "states.1.updates_json.0",
    (client, text) => client.createThread({ projectId: PROJECT, states: [{}, { updatesJson: [text] }] }),
  ],
  ["metadata_json", (client, text) => client.updateThread({ ...thread, metadataJson: text })],
  [
    "change.updates_json.1",
    (client, text) => client.setState({ ...thread, change: { updatesJson: ["{}", text] } }),
  ],
  [
    "change.interrupts_json",
    (client, text) => client.setState({ ...thread, change: { interruptsJson: text } }),
  ],
  [
    "filter.metadata_json",
    (client, text) => client.search({ projectId: PROJECT, filter: { metadataJson: text } }),
  ],
  [
    "filter.values_json",
    (client, text) => client.countThreads({ projectId: PROJECT, filter: { valuesJson: text } }),
  ],
  ["metadata_json", (client, text) => client.listHistory({ ...thread, metadataJson: text })],
  ["payload_json", (client, text) => client.createFeedback({ ...feedback, payloadJson: text })],
];

test.each(OBJECTS)(
  "a large %s is refused as a small one is, and both may nest as deep",
  async (field, call) => {
    const client = await open();
    for (const [what, text, reason] of HOSTILE) {
      const small = await refusal(() => call(client, text));
      const large = await refusal(() => call(client, text.padEnd(LARGE)));
      expect(small.rawMessage, what).toMatch(reason);
      expect(large, what).toMatchObject({ code: small.code, rawMessage: small.rawMessage });
      expect(fieldsOf(large), what).toEqual([field]);
    }
    for (const size of [0, LARGE]) {
      await call(client, nested(MAX_JSON_DEPTH).padEnd(size));
      const tooDeep = await refusal(() => call(client, nested(MAX_JSON_DEPTH + 1).padEnd(size)));
      expect(tooDeep.rawMessage).toBe(`${field}: nests deeper than ${MAX_JSON_DEPTH} levels`);
    }
  },
);

function nested(levels: number): string {
  return `${'{"a":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`;
}

test("tasks are a list, however long", async () => {
  const client = await open();
  const set = (tasksJson: string) => client.setState({ ...thread, change: { tasksJson } });
  await set("[]".padEnd(LARGE));
  const error = await refusal(() => set("{}".padEnd(LARGE)));
  expect(error.rawMessage).toBe("change.tasks_json: must be a JSON array");
});

test("large documents are kept as they came", async () => {
  const client = await open();
  const document = `${EXACT.slice(0, -1)},"filler":${JSON.stringify("é 日本 😀\n".repeat(100_000))}}`;
  const created = await client.createThread({ ...thread, threadId: "large", metadataJson: document });
  expect(created.thread?.threadId).toBe("large");
  await client.setState({ ...thread, threadId: "large", change: { updatesJson: [document] } });
  const { thread: found } = await client.getThread({ ...thread, threadId: "large" });
  expect(found?.metadataJson === document).toBe(true);
  expect(found?.valuesJson === document).toBe(true);
  const filter = { metadataJson: document, valuesJson: document };
  expect(await client.countThreads({ projectId: PROJECT, filter })).toMatchObject({ count: 1n });
  const empty = { metadataJson: "{}".padEnd(LARGE), valuesJson: `{${" ".repeat(LARGE)}}` };
  expect(await client.countThreads({ projectId: PROJECT, filter: empty })).toMatchObject({ count: 2n });
});

/** A client of a store that has one thread. */
async function open(): Promise<Service> {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const client = await connect(store, "gRPC", { rpcBytes: 2 ** 23 });
  await client.createThread(thread);
  return client;
}

async function refusal(call: () => Promise<unknown>): Promise<ConnectError> {
  const error = await call().then(
    () => null,
    (raised: unknown) => raised,
  );
  expect(error).toBeInstanceOf(ConnectError);
  return error as ConnectError;
}

function fieldsOf(error: ConnectError): string[] {
  const [detail] = error.findDetails(BadRequestSchema);
  return detail?.fieldViolations.map(({ field }) => field) ?? [];
}
