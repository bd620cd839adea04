import { toBinary, toJson } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import {
  type ConversationSpans,
  SpansResponseSchema,
  SpanView,
  StreamSpansResponseSchema,
} from "../../../gen/skein/v1/span_pb.ts";
import type { SpanDetails, StoredSpan } from "../../../src/model/traces/span.ts";
import { conversation, span } from "../samples.ts";
import { scriptedStore } from "../scripted-store.ts";
import { NOW } from "../serve.ts";
import { collect, connect, PROTOCOLS, type Protocol, readOne } from "./client.ts";

const rating = { name: "quality", value: 0.5, reason: "why", confidence: null };

const details: SpanDetails = {
  name: "chat gpt",
  parentSpanId: "parent",
  turnId: "turn",
  startedAt: 1_787_184_000_000_000,
  endedAt: 1_787_184_000_012_000,
  agentName: "agent",
  model: "gpt",
  inputTokens: 5,
  outputTokens: null,
  messages: [{ role: "user", text: "hi", json: '{"role":"user"}' }],
};

function spans(count: number, said: Partial<StoredSpan> = {}): StoredSpan[] {
  return Array.from({ length: count }, (_, index) => span(`span-${index}`, said));
}

describe("Spans", () => {
  test.each(Object.keys(PROTOCOLS) as Protocol[])("answers in one message (%s)", async (protocol) => {
    const feedback = [
      { traceId: null, feedbackType: "wandb.agent_user_feedback", tags: ["👍🏽"], ratings: [] },
      { traceId: "trace-1", feedbackType: "wandb.agent_monitor", tags: [], ratings: [rating] },
    ];
    const store = scriptedStore({
      spans: [
        [conversation(0, { spans: [span("a", { details })], continues: true })],
        [conversation(0, { spans: [span("b", { status: "ERROR" })], feedback }), conversation(1)],
      ],
    });
    const client = await connect(store, protocol);
    const response = await client.spans({
      projectId: "p",
      conversationIds: ["c0", "c1"],
      view: SpanView.MESSAGES,
    });
    const basic = { operationName: "chat", traceId: "trace-1", durationMs: "12" };
    expect(toJson(SpansResponseSchema, response)).toEqual({
      conversations: [
        {
          conversationId: "c0",
          spans: [
            {
              ...basic,
              spanId: "a",
              status: "SPAN_STATUS_OK",
              name: "chat gpt",
              parentSpanId: "parent",
              turnId: "turn",
              startedAt: "2026-08-20T00:00:00Z",
              endedAt: "2026-08-20T00:00:00.012Z",
              agentName: "agent",
              model: "gpt",
              inputTokens: "5",
              messages: [{ role: "user", text: "hi", messageJson: '{"role":"user"}' }],
            },
            { ...basic, spanId: "b", status: "SPAN_STATUS_ERROR" },
          ],
          spansFeedback: [
            { feedbackType: "wandb.agent_user_feedback", tags: ["👍"] },
            {
              traceId: "trace-1",
              feedbackType: "wandb.agent_monitor",
              ratings: [{ name: "quality", value: 0.5, reason: "why" }],
            },
          ],
        },
        { conversationId: "c1" },
      ],
    });
  });

  test("over the message limit names the other ways, without reading on", async () => {
    function* endless() {
      for (;;) yield [conversation(0, { spans: spans(100), continues: true })];
    }
    const store = scriptedStore({ spans: endless() });
    const client = await connect(store, "gRPC", { rpcBytes: 100_000 });
    const refusal = await client.spans({ projectId: "p" }).catch(ConnectError.from);
    expect(refusal).toMatchObject({
      code: Code.ResourceExhausted,
      rawMessage: expect.stringMatching(/StreamSpans.*max_spans_per_conversation/),
    });
    await store.spanReads[0]!.closed;
    expect(store.spanReads[0]!.asked).toBeLessThan(50);
  });

  test("asks the store in the model's words", async () => {
    const store = scriptedStore();
    const client = await connect(store);
    const query = {
      startedAfter: { seconds: 1n },
      startedBefore: { seconds: 2n, nanos: 1500 },
      maxSpansPerConversation: 9,
    };
    await client.spans({ projectId: "p", conversationIds: ["a", "a"], view: SpanView.FULL, ...query });
    await collect(client.streamSpans({ query: { projectId: "q" } }));
    await collect(client.streamSpans({}));
    expect(store.spanReads.map((read) => read.query)).toEqual([
      {
        projectId: "p",
        now: NOW,
        conversationIds: ["a", "a"],
        startedAfter: 1_000_000,
        startedBefore: 2_000_001,
        maxSpansPerConversation: 9,
        view: "full",
      },
      expect.objectContaining({ projectId: "q", now: NOW, maxSpansPerConversation: null, view: "basic" }),
      expect.objectContaining({ projectId: "default", now: NOW, conversationIds: [] }),
    ]);
  });

  test("of more than 10 000 conversations is refused", async () => {
    const client = await connect(scriptedStore());
    const query = { conversationIds: Array<string>(10_001).fill("c") };
    await expect(client.spans(query)).rejects.toThrow("[invalid_argument] conversation_ids: are 10001");
    await expect(collect(client.streamSpans({ query }))).rejects.toThrow("query.conversation_ids: are 10001");
    await expect(client.spans({ view: 9 as SpanView })).rejects.toThrow(
      "view: must be one of basic, full, messages",
    );
  });
});

describe("StreamSpans", () => {
  test("cuts what is long into messages under 1 MiB, in order", async () => {
    const text = "x".repeat(3000);
    const long = spans(900, { details: { ...details, messages: [{ role: "user", text, json: "{}" }] } });
    const feedback = Array.from({ length: 500 }, () => ({
      traceId: null,
      feedbackType: "wandb.agent_monitor",
      tags: [text],
      ratings: [],
    }));
    const store = scriptedStore({
      spans: [
        [
          conversation(0, { spans: [span("a")] }),
          conversation(1, { spans: long, feedback }),
          conversation(2),
        ],
        [conversation(3, { spans: [span("b")], continues: true })],
        [conversation(3, { spans: [span("c")] })],
      ],
    });
    const messages = await collect((await connect(store)).streamSpans({ query: { projectId: "p" } }));
    for (const message of messages) {
      expect(toBinary(StreamSpansResponseSchema, message).length).toBeLessThan(1 << 20);
      expect(message.conversations.slice(0, -1).some(({ continues }) => continues)).toBe(false);
    }
    const joined: ConversationSpans[] = [];
    for (const part of messages.flatMap((message) => message.conversations)) {
      const last = joined.at(-1);
      if (!last?.continues) {
        joined.push({ ...part });
        continue;
      }
      expect(part.conversationId).toBe(last.conversationId);
      last.spans.push(...part.spans);
      last.spansFeedback.push(...part.spansFeedback);
      last.continues = part.continues;
    }
    expect(
      joined.map((one) => [one.conversationId, one.spans.length, one.spansFeedback.length, one.continues]),
    ).toEqual([
      ["c0", 1, 0, false],
      ["c1", 900, 500, false],
      ["c2", 0, 0, false],
      ["c3", 2, 0, false],
    ]);
    expect(joined[1]!.spans.map(({ spanId }) => spanId)).toEqual(long.map(({ spanId }) => spanId));
  });

  test("a client that cancels ends the store's read", async () => {
    function* endless() {
      for (let place = 0; ; place += 1) yield [conversation(place, { spans: spans(200) })];
    }
    const store = scriptedStore({ spans: endless() });
    const client = await connect(store);
    await readOne((options) => client.streamSpans({ query: { projectId: "p" } }, options));
    await store.spanReads[0]!.closed;
  });
});
