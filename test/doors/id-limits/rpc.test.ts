import {
  create,
  type DescField,
  type DescMessage,
  type DescMethodUnary,
  getOption,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { beforeAll, describe, expect, test } from "vitest";
import { BadRequestSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import { Access, access } from "../../../gen/skein/v1/access_pb.ts";
import { TextLimit, text_limit } from "../../../gen/skein/v1/text_limit_pb.ts";
import { ThreadService } from "../../../gen/skein/v1/thread_service_pb.ts";
import { type AllDoors, ID, openDoors, REF } from "./limits.ts";

let doors: AllDoors;

beforeAll(async () => {
  doors = await openDoors();
  return doors.close;
});

/** The methods that keep something of what they are given. */
const WRITES = ThreadService.methods.filter((method) => getOption(method, access) !== Access.READ);

/** A text in a request: the fields that lead to it, and its limit. */
interface Place {
  steps: DescField[];
  limit: TextLimit;
}

function placesIn(message: DescMessage, before: DescField[] = []): Place[] {
  return message.fields.flatMap((field) => {
    const steps = [...before, field];
    if (field.message) return placesIn(field.message, steps);
    return field.scalar === ScalarType.STRING ? [{ steps, limit: getOption(field, text_limit) }] : [];
  });
}

/** What requests must have beside the text in question. */
const BASES: Record<string, Record<string, unknown>> = {
  "skein.v1.UpdateThreadRequest": { threadId: "none" },
  "skein.v1.CopyThreadRequest": { threadId: "none" },
  "skein.v1.SetStateRequest": { threadId: "none" },
  "skein.v1.UpdateChatThreadRequest": { threadId: "none" },
  "skein.v1.AppendMessagesRequest": { threadId: "none", messages: [{ role: "user" }] },
  "skein.v1.Message": { role: "user" },
  "skein.v1.CreateFeedbackRequest": {
    feedbackType: "wandb.runnable.x",
    target: { case: "spanId", value: "s" },
  },
};

/** A message that has a text at a place. */
function holding(message: DescMessage, [field, ...rest]: DescField[], text: string): Message {
  const value = field!.message ? holding(field!.message, rest, text) : text;
  const held = field!.fieldKind === "list" ? [value] : value;
  const base = BASES[message.typeName];
  if (!field!.oneof) return create(message, { ...base, [field!.localName]: held });
  return create(message, { ...base, [field!.oneof.localName]: { case: field!.localName, value: held } });
}

/** Texts of requests that have no limit of their own, by their last name. */
const WITHOUT_LIMIT = new Set([
  // Documents, and words for people.
  ...["metadata_json", "updates_json", "tasks_json", "interrupts_json", "documents_json", "message_json"],
  ...["payload_json", "title", "text", "role", "reason", "creator", "user_id", "name"],
  // Kept in documents only.
  ...["as_node", "steps"],
  // Has a limit and an alphabet of its own.
  "project_type",
]);

/** Those that remove or copy what an older file may have: of them nothing is kept. */
const NOT_KEPT = [
  ...["DeleteThread/project_id", "DeleteThread/thread_id", "CopyThread/thread_id"],
  ...["PruneThreads/project_id", "PruneThreads/thread_ids"],
];

describe.each(WRITES.map((method) => [method.name, method] as const))("RPC %s", (name, method) => {
  const places = placesIn(method.input).map(({ steps, limit }) => {
    return { steps, limit, field: steps.map((step) => step.name).join(".") };
  });
  const limited = places.filter(({ limit }) => limit !== TextLimit.UNSPECIFIED);
  const others = places.filter((place) => !limited.includes(place));

  test("has limits where it keeps ids, and is unary", () => {
    expect(method.methodKind).toBe("unary");
    const unknown = others.filter(
      ({ field, steps }) => !WITHOUT_LIMIT.has(steps.at(-1)!.name) && !NOT_KEPT.includes(`${name}/${field}`),
    );
    expect(unknown.map(({ field }) => field)).toEqual([]);
  });

  test.each(limited.map((place) => [place.field, place] as const))(
    "%s has a limit",
    async (_field, place) => {
      const transport = createConnectTransport({ baseUrl: doors.url, httpVersion: "1.1" });
      const faults = async (text: string) => {
        const request = holding(method.input, place.steps, text);
        const error = await transport
          .unary(method as DescMethodUnary, undefined, undefined, undefined, request)
          .then(() => null, ConnectError.from);
        const told =
          error?.findDetails(BadRequestSchema).flatMap(({ fieldViolations }) => fieldViolations) ?? [];
        return told
          .filter(({ description }) => description.startsWith("must be at most"))
          .map(({ field, description }) => `${Code[error!.code]}: ${field} ${description}`);
      };
      const [limit, words] =
        place.limit === TextLimit.ID ? [ID, "1024 bytes long"] : [REF, "1000 characters long"];
      const path = place.steps
        .map(({ name, fieldKind }) => (fieldKind === "list" ? `${name}.0` : name))
        .join(".");
      for (const text of limit.within) expect(await faults(text)).toEqual([]);
      for (const text of limit.beyond) {
        expect(await faults(text)).toEqual([`InvalidArgument: ${path} must be at most ${words}`]);
      }
    },
  );
});
