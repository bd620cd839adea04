import { InvalidRequestError } from "../../../src/model/base/errors.ts";
import type { CallChange } from "../../../src/model/calls/call.ts";
import type { EntryOf, TransferEntry, TransferFile, TransferTable } from "../../../src/model/transfer.ts";
import { NotFoundError } from "../../../src/store/errors.ts";
import type { ProjectMover } from "../../../src/store/roles/transfer.ts";
import { AGENT_LEVEL } from "./agent-level.ts";
import { nextIndexOf } from "./content.ts";
import type { NaiveData, NaiveRecord } from "./data.ts";
import { parsed } from "./json.ts";
import { compareText } from "./order.ts";
import type { Plain, PlainStore } from "./plain.ts";
import { winners } from "./project.ts";
import { messagesOfState } from "./state-messages.ts";
import { checkpointMetadata } from "./states.ts";
import { withResponseTimes } from "./transcripts.ts";

/** Gives out what the lists hold, and puts entries into them. */
export function createNaiveMover(
  data: NaiveData,
  { writeSpans, writeCalls }: Pick<PlainStore, "writeSpans" | "writeCalls">,
): Plain<ProjectMover> {
  function exported(projectId: string): TransferEntry[] {
    const of = <Item extends { projectId: string }>(items: Item[]) =>
      items.filter((item) => item.projectId === projectId);
    const spans = winners(of(data.versions).filter((span) => !span.call))
      .toSorted((a, b) => compareText(a.traceId, b.traceId) || compareText(a.spanId, b.spanId))
      .map(({ projectId: _project, agentLevel: _level, ...span }) => ({ kind: "span" as const, ...span }));
    const calls = sorted(of(data.calls), "callId").map(
      ({ callId, start, end, givenName }): EntryOf<"call"> => ({
        kind: "call",
        callId,
        start: start && withoutKey(start),
        end: end && withoutKey(end),
        givenName,
      }),
    );
    const feedback = sorted(of(data.feedback), "id").map(({ projectId: _, ...each }) => ({
      kind: "feedback" as const,
      ...each,
    }));
    const objects = of(data.objects)
      .toSorted((a, b) => compareText(a.objectId, b.objectId) || a.versionIndex - b.versionIndex)
      .map(({ projectId: _of, json: _json, isLatest: _latest, ...version }) => ({
        kind: "object" as const,
        ...version,
      }));
    return [
      ...spans,
      ...calls,
      ...feedback,
      ...sorted(of(data.records), "threadId").flatMap(threadEntries),
      ...sorted(of(data.documents), "digest").map(({ digest, json }) => ({
        kind: "document" as const,
        digest,
        json,
      })),
      ...objects,
      ...sorted(of(data.removals), "objectId").map(({ objectId, nextIndex }) => ({
        kind: "removal" as const,
        objectId,
        nextIndex,
      })),
      ...sorted(of(data.tables), "digest").flatMap(({ digest, rowDigests }): EntryOf<"table">[] =>
        stretches(rowDigests, 1000).map((part) => ({
          kind: "table",
          digest,
          rowDigests: part.items,
          continues: part.continues,
        })),
      ),
      ...sorted(distinct(of(data.files)), "digest").flatMap(({ digest, pieces }): EntryOf<"file">[] =>
        stretches(pieces, 1).map((part) => ({
          kind: "file",
          digest,
          pieces: part.items,
          continues: part.continues,
        })),
      ),
    ];
  }

  function mustFind(projectId: string, threadId: string): NaiveRecord {
    const found = data.records.find((each) => each.projectId === projectId && each.threadId === threadId);
    if (!found) throw new NotFoundError(`Thread with ID ${threadId} not found`);
    return found;
  }

  function mustHave(projectId: string, digest: string): string {
    const found = data.documents.find((each) => each.projectId === projectId && each.digest === digest);
    if (!found) throw new NotFoundError(`Content with digest ${digest} not found`);
    return found.json;
  }

  /** What an entry has of a call beyond what has come. */
  function missing(projectId: string, { callId, start, end, givenName }: EntryOf<"call">): CallChange[] {
    const key = { projectId, callId };
    const known = data.calls.find((each) => each.projectId === projectId && each.callId === callId);
    return [
      ...(start && !known?.start ? [{ kind: "start" as const, start: { ...key, ...start } }] : []),
      ...(end && !known?.end ? [{ kind: "end" as const, end: { ...key, ...end } }] : []),
      ...(givenName !== null && typeof known?.givenName !== "string"
        ? [{ kind: "rename" as const, displayName: givenName, ...key }]
        : []),
    ];
  }

  function importObject(projectId: string, { kind: _, ...entry }: EntryOf<"object">): void {
    const json = mustHave(projectId, entry.digest);
    const versions = data.objects.filter(
      (each) => each.projectId === projectId && each.objectId === entry.objectId,
    );
    if (versions.some(({ digest }) => digest === entry.digest)) return;
    const indices = versions.map((each) => each.versionIndex);
    const isTaken = indices.includes(entry.versionIndex);
    const versionIndex = isTaken
      ? nextIndexOf(data, { projectId, objectId: entry.objectId })
      : entry.versionIndex;
    const made = { ...entry, projectId, json, versionIndex, isLatest: true };
    const latest = Math.max(...indices, versionIndex);
    for (const each of [...versions, made]) each.isLatest = each.versionIndex === latest;
    data.objects.push(made);
  }

  function importEntry(projectId: string, entry: TransferEntry): void {
    switch (entry.kind) {
      case "feedback": {
        const { kind: _, ...feedback } = entry;
        const isKnown = data.feedback.some((each) => each.projectId === projectId && each.id === entry.id);
        if (!isKnown) data.feedback.push({ ...feedback, projectId });
        break;
      }
      case "thread": {
        const { kind: _, chat, ...thread } = entry;
        const isKnown = data.records.some(
          (each) => each.projectId === projectId && each.threadId === entry.threadId,
        );
        if (isKnown) break;
        data.records.push({
          ...thread,
          projectId,
          checkpoints: [],
          stateMessages: [],
          chat: { ...chat, messages: [] },
        });
        break;
      }
      case "checkpoint": {
        const { kind: _, threadId, asNode, messageTimes, ...checkpoint } = entry;
        const record = mustFind(projectId, threadId);
        const { checkpoints } = record;
        if (checkpoints.some(({ checkpointId }) => checkpointId === entry.checkpointId)) break;
        checkpoints.push({ ...checkpoint, metadata: checkpointMetadata(entry.step, asNode) });
        checkpoints.sort((a, b) => compareText(a.checkpointId, b.checkpointId));
        if (checkpoints.at(-1)!.checkpointId !== entry.checkpointId) break;
        record.stateMessages = messagesOfState(parsed(entry.values), () => entry.createdAt).map(
          (message, index) => ({ ...message, createdAt: messageTimes[index] ?? message.createdAt }),
        );
        break;
      }
      case "message": {
        const { kind: _, threadId, ...message } = entry;
        const { messages } = mustFind(projectId, threadId).chat;
        if (messages.every(({ messageId }) => messageId !== entry.messageId)) messages.push(message);
        break;
      }
      case "document": {
        const { kind: _, ...document } = entry;
        const isKnown = data.documents.some(
          (each) => each.projectId === projectId && each.digest === entry.digest,
        );
        if (!isKnown) data.documents.push({ ...document, projectId });
        break;
      }
      case "object":
        importObject(projectId, entry);
        break;
      case "removal": {
        const { objectId, nextIndex } = entry;
        const known = data.removals.find(
          (each) => each.projectId === projectId && each.objectId === objectId,
        );
        if (known) known.nextIndex = Math.max(known.nextIndex, nextIndex);
        else data.removals.push({ projectId, objectId, nextIndex });
        break;
      }
    }
  }

  return {
    listProjects() {
      const { keys: _, ...ofProjects } = data;
      const all: { projectId: string }[] = Object.values(ofProjects).flat();
      return [...new Set(all.map(({ projectId }) => projectId))].toSorted(compareText);
    },

    exportProject(projectId) {
      const entries = structuredClone(exported(projectId));
      return [{ entries, total: entries.length }];
    },

    importEntries(projectId, entries) {
      const before = structuredClone({ ...data });
      const of = <Kind extends TransferEntry["kind"]>(kind: Kind) =>
        entries.filter((entry): entry is EntryOf<Kind> => entry.kind === kind);
      try {
        writeSpans(
          of("span").map(({ kind: _, ...span }) => {
            return { ...span, projectId, agentLevel: AGENT_LEVEL.includes(span.operationName) };
          }),
        );
        writeCalls(of("call").flatMap((call) => missing(projectId, call)));
        for (const entry of structuredClone(entries)) importEntry(projectId, entry);
        for (const stretches of wholes(of("table"))) {
          const { digest } = stretches[0]!;
          const rowDigests = stretches.flatMap((each) => each.rowDigests);
          for (const row of rowDigests) mustHave(projectId, row);
          if (!data.tables.some((each) => each.projectId === projectId && each.digest === digest)) {
            data.tables.push({ projectId, digest, rowDigests, rows: [] });
          }
        }
        for (const stretches of wholes(of("file"))) {
          const pieces = stretches.flatMap((each) => each.pieces);
          data.files.push({ projectId, digest: stretches[0]!.digest, pieces });
        }
      } catch (error) {
        Object.assign(data, before);
        throw error;
      }
    },
  };
}

/** The stretches of each file or table, which come one after the other. */
function wholes<Stretch extends TransferTable | TransferFile>(stretches: Stretch[]): Stretch[][] {
  const found: Stretch[][] = [];
  for (const [index, stretch] of stretches.entries()) {
    const before = stretches[index - 1];
    if (!before?.continues) found.push([stretch]);
    else if (before.digest === stretch.digest) found.at(-1)!.push(stretch);
    else throw new InvalidRequestError([]);
  }
  if (stretches.at(-1)?.continues) throw new InvalidRequestError([]);
  return found;
}

function threadEntries(record: NaiveRecord): EntryOf<"thread" | "checkpoint" | "message">[] {
  const { projectId: _, checkpoints, stateMessages, chat, ...thread } = record;
  const { messages, ...given } = chat;
  const { threadId } = record;
  return [
    { kind: "thread", ...thread, chat: given },
    ...checkpoints.map(({ metadata, ...checkpoint }, index) => ({
      kind: "checkpoint" as const,
      threadId,
      asNode: (JSON.parse(metadata) as { as_node?: string }).as_node ?? null,
      ...checkpoint,
      messageTimes:
        index === checkpoints.length - 1 && messages.length === 0
          ? stateMessages.map(({ createdAt }) => createdAt)
          : [],
    })),
    ...withResponseTimes(messages).map((message) => ({ kind: "message" as const, threadId, ...message })),
  ];
}

function withoutKey<Half extends { projectId: string; callId: string }>(half: Half) {
  const { projectId: _project, callId: _call, ...rest } = half;
  return rest;
}

function sorted<Key extends string, Item extends Record<Key, string>>(items: Item[], key: Key): Item[] {
  return items.toSorted((a, b) => compareText(a[key], b[key]));
}

/** The first of each digest. */
function distinct<Item extends { digest: string }>(items: Item[]): Item[] {
  return [...Map.groupBy(items, ({ digest }) => digest).values()].map(([first]) => first!);
}

/** The items in parts of a length; one part if there are none. */
function stretches<Item>(items: Item[], length: number): { items: Item[]; continues: boolean }[] {
  const count = Math.max(1, Math.ceil(items.length / length));
  return Array.from({ length: count }, (_, index) => ({
    items: items.slice(index * length, (index + 1) * length),
    continues: index < count - 1,
  }));
}
