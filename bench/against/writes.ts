import { Agent } from "node:http";
import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { AppendMessagesRequestSchema } from "../../gen/skein/v1/chat_pb.ts";
import { CreateThreadRequestSchema } from "../../gen/skein/v1/thread_record_pb.ts";
import { EXPORT_RPC, toJsonExport } from "../bodies.ts";
import { grpcClient, post, receive } from "../clients.ts";
import { BENCH_PROJECT, EPOCH } from "../data.ts";
import { madeUpThread, recordId } from "../records.ts";
import { callsTemplate, exportTemplate, STEPS, type Template } from "../templates.ts";
import { type Load, type Measure, SLICES } from "./measure.ts";

/** Bodies under way at once; each sender has conversations of its own. */
const SENDERS = 4;

/** Requests of an RPC under way at once. */
const CALLERS = 16;

/** Messages that one request appends. */
const APPENDED = 20;

/** The path before an RPC's name. */
export const SERVICE = "/skein.v1.ThreadService";

/** Tells the calls and spans of one way from those of others; fewer bodies than this stay in one conversation. */
const NUMBERS = 256;

/** Posts to one server, on connections that are kept. */
interface Sender {
  send(body: Uint8Array): Promise<void>;
  close(): void;
}

/** A way in: what makes the bodies of a sender, and what sends them. */
interface WayIn {
  what: string;
  make: (sender: number, turns: number) => Template;
  convert?: (body: Uint8Array) => Uint8Array;
  open: (url: string) => Sender;
}

const WAYS: WayIn[] = [
  {
    what: "Weave calls",
    make: (sender, turns) => callsTemplate(sender, turns, SENDERS, true),
    open: poster("/call/upsert_batch", "application/json"),
  },
  {
    what: "Weave calls, halves apart",
    make: (sender, turns) => callsTemplate(sender, turns, SENDERS, false),
    open: poster("/call/upsert_batch", "application/json"),
  },
  { what: "OTLP gRPC, spans", make: exportTemplate, open: exporter },
  {
    what: "OTLP HTTP protobuf, spans",
    make: exportTemplate,
    open: poster("/v1/traces", "application/x-protobuf"),
  },
  {
    what: "OTLP HTTP JSON, spans",
    make: exportTemplate,
    convert: toJsonExport,
    open: poster("/v1/traces", "application/json"),
  },
];

/** All writes, which make as many threads of calls and spans as of documents, and a transcript of as many messages. */
export function writes(threads: number): Measure[] {
  const turns = turnsOf(threads);
  return [
    ...WAYS.map((way, index) => ingest(way, index, turns)),
    requests("CreateThread over gRPC", "CreateThread", creations(threads)),
    requests(`AppendMessages over gRPC, ${APPENDED} a request`, "AppendMessages", appends(threads)),
  ];
}

/** The ids of conversations that the writes have made; up to as many. */
export function conversationIds(threads: number, most: number): string[] {
  const turns = turnsOf(threads);
  const ids = WAYS.flatMap((_, way) =>
    Array.from({ length: SENDERS * turns }, (_, place) => {
      const sender = way * SENDERS + Math.floor(place / turns);
      return `${way.toString(16).padStart(8, "0")}-${sender}-${place % turns}`;
    }),
  );
  const step = Math.max(1, Math.floor(ids.length / most));
  return ids.filter((_, place) => place % step === 0).slice(0, most);
}

/** Turns of a body; each is of a conversation of its own. */
function turnsOf(threads: number): number {
  return Math.max(1, Math.round(threads / WAYS.length / SENDERS));
}

/** Made once: both servers get the same bodies, pair after pair. */
function ingest({ what, make, convert, open }: WayIn, way: number, turns: number): Measure {
  const bodies = Array.from({ length: SENDERS }, (_, sender) => {
    const template = make(way * SENDERS + sender, turns);
    return Array.from({ length: SLICES }, (_, slice) => {
      const body = template(way * NUMBERS + slice * SENDERS + sender);
      return convert ? convert(body) : Buffer.from(body);
    });
  });
  return {
    what: `${what}, ${turns * STEPS} a body`,
    kind: "ingest",
    open(url): Load {
      const sender = open(url);
      return {
        async slice(number) {
          await Promise.all(bodies.map((own) => sender.send(own[number]!)));
          return bodies.length * turns * STEPS;
        },
        close: sender.close,
      };
    },
  };
}

/** Requests of one RPC, an equal share of them in each slice. */
function requests(what: string, rpc: string, bodies: Uint8Array[]): Measure {
  return {
    what,
    kind: "ingest",
    open(url): Load {
      const { send, close } = rpcSender(url, `${SERVICE}/${rpc}`);
      return {
        async slice(number) {
          const [from, to] = [number, number + 1].map((n) => Math.floor((bodies.length * n) / SLICES));
          const own = bodies.slice(from, to);
          let next = 0;
          const caller = async () => {
            while (next < own.length) await send(own[next++]!);
          };
          await Promise.all(Array.from({ length: CALLERS }, caller));
          return own.length;
        },
        close,
      };
    },
  };
}

function creations(threads: number): Uint8Array[] {
  return Array.from({ length: threads }, (_, number) => {
    const { threadId, metadata, values } = madeUpThread(number, threads);
    const request = create(CreateThreadRequestSchema, {
      projectId: BENCH_PROJECT,
      threadId,
      metadataJson: JSON.stringify(metadata),
      states: [{ updatesJson: [JSON.stringify(values)] }],
    });
    return toBinary(CreateThreadRequestSchema, request);
  });
}

/** Messages for the first of the threads that are created. */
function appends(messages: number): Uint8Array[] {
  return Array.from({ length: Math.max(SLICES, Math.floor(messages / APPENDED)) }, (_, number) => {
    const request = create(AppendMessagesRequestSchema, {
      projectId: BENCH_PROJECT,
      threadId: recordId(0),
      messages: Array.from({ length: APPENDED }, (_, place) => ({
        messageId: `m${number}-${place}`,
        role: place % 2 === 0 ? "user" : "assistant",
        text: "It left the warehouse this morning and should be with you tomorrow. ".repeat(4),
        createdAt: timestampFromMs(EPOCH / 1000 + number * APPENDED + place),
      })),
    });
    return toBinary(AppendMessagesRequestSchema, request);
  });
}

function poster(path: string, contentType: string) {
  return (url: string): Sender => {
    const agent = new Agent({ keepAlive: true });
    return {
      async send(body) {
        const response = await post(url + path, body, { contentType, agent });
        if (response.statusCode !== 200) throw new Error(`${path} was answered with ${response.statusCode}`);
        await receive(response, 0, Number.POSITIVE_INFINITY);
      },
      close: () => agent.destroy(),
    };
  };
}

function exporter(url: string): Sender {
  return rpcSender(url, EXPORT_RPC);
}

function rpcSender(url: string, path: string): Sender {
  const client = grpcClient(url);
  return {
    async send(body) {
      const code = await client.unary(path, body);
      if (code !== 0) throw new Error(`${path} was answered with code ${code}`);
    },
    close: client.close,
  };
}
