import { USUAL_MEMBERS } from "../../genai/find-messages.ts";
import type { Spread } from "../indexed-messages.ts";
import type { OperationKey, OtelDialect, Source, ThreadKey, Usage } from "./dialect.ts";
import { DIALECTS } from "./index.ts";

/** What all dialects say together, in the order in which it counts: what spans are read by. */
export interface DialectTables {
  /** The strongest rank first. */
  threadKeys: readonly ThreadKey[];
  turnKeys: readonly string[];
  operationKeys: readonly OperationKey[];
  /** The first words of names that are operations. */
  operationsInNames: ReadonlySet<string>;
  agentOperations: ReadonlySet<string>;
  /** In lower case. */
  stepOperations: ReadonlySet<string>;
  agentKeys: readonly string[];
  /** What stands before an agent in a span's name. */
  agentPrefixes: readonly string[];
  modelKeys: readonly string[];
  inputTokenKeys: readonly string[];
  outputTokenKeys: readonly string[];
  usages: readonly Usage[];
  inputs: readonly MessageSource[];
  outputs: readonly MessageSource[];
}

/** A `Source` with all that reading it takes. */
export type MessageSource = { key: string; members: readonly string[] } | Spread;

/** The tables of the dialects that are known. */
export const TABLES = mergeDialects(DIALECTS);

/** Merges dialects, of which the first count first. */
export function mergeDialects(dialects: readonly OtelDialect[]): DialectTables {
  const all = <Item>(of: (dialect: OtelDialect) => readonly Item[] | undefined) =>
    dialects.flatMap((dialect) => of(dialect) ?? []);
  return {
    threadKeys: inOrder(all((each) => each.threadKeys)).sort((a, b) => a.rank - b.rank),
    turnKeys: all((each) => each.turnKeys),
    operationKeys: inOrder(all((each) => each.operationKeys)),
    operationsInNames: new Set(all((each) => each.nameRules?.operations)),
    agentOperations: new Set(all((each) => each.agentOperations)),
    stepOperations: new Set(all((each) => each.stepOperations).map((name) => name.toLowerCase())),
    agentKeys: all((each) => each.agentKeys),
    agentPrefixes: all((each) => each.nameRules?.agentAfter),
    modelKeys: all((each) => each.modelKeys),
    inputTokenKeys: all((each) => each.inputTokenKeys),
    outputTokenKeys: all((each) => each.outputTokenKeys),
    usages: all((each) => each.usage && [each.usage]),
    inputs: inOrder(all((each) => each.inputs)).map(toMessageSource),
    outputs: inOrder(all((each) => each.outputs)).map(toMessageSource),
  };
}

/** Entries of one order stay as they come. */
function inOrder<Item extends { order?: number }>(items: readonly Item[]): Item[] {
  return items.toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0));
}

function toMessageSource(source: Source): MessageSource {
  if ("before" in source)
    return { before: source.before, after: source.after, content: source.content ?? "content" };
  return { key: source.key, members: [...(source.members ?? []), ...USUAL_MEMBERS] };
}
