import { type OtelDialect, THREAD_RANK } from "./dialect.ts";

/** Weave's own attributes, which its users set beside those of another dialect: they count first. */
export const weave: OtelDialect = {
  name: "Weave",
  threadKeys: [
    { key: "wandb.thread_id", rank: THREAD_RANK.own },
    { key: "weave.conversation.id", rank: THREAD_RANK.conversation },
  ],
  turnKeys: ["wandb.is_turn"],
  operationKeys: [{ key: "weave.operation.name", order: -1 }],
};
