import { type ContextValues, createContextKey, type HandlerContext } from "@connectrpc/connect";
import type { TooLargeError } from "../../../model/base/errors.ts";
import type { ReadOptions } from "../../../store/roles/read-options.ts";
import type { AnswerAccount } from "../http/answer-budget.ts";

const answerKey = createContextKey<AnswerAccount | null>(null);

/** Tells a call's handler what counts its answer. */
export function withAnswer(values: ContextValues, account: AnswerAccount): ContextValues {
  return values.set(answerKey, account);
}

/** Asks for room for a call's answer before its work begins, as `AnswerBudget.start` does. */
export function startAnswer(values: ContextValues, signal: AbortSignal): Promise<void> | null {
  return values.get(answerKey)?.start(signal) ?? null;
}

/** What a call reads the store with: its reads end with it, and go on while there is room for more. */
export function readOptions({ values, signal }: Pick<HandlerContext, "values" | "signal">): ReadOptions {
  const answer = values.get(answerKey);
  return answer ? { signal, room: () => answer.room(signal) } : { signal };
}

/**
 * Counts an answer as it is put together, before it is encoded.
 *
 * @param limit the most bytes it may have
 * @param tooLarge words the error for more
 * @returns what counts more bytes; throws that error
 */
export function countAnswer(
  { values }: HandlerContext,
  limit: number,
  tooLarge: (limit: number) => TooLargeError,
): (bytes: number) => void {
  const answer = values.get(answerKey);
  let total = 0;
  return (bytes) => {
    total += bytes;
    if (total > limit) throw tooLarge(limit);
    answer?.hold(total);
  };
}
