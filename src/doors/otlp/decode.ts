import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { InstrumentationScopeSchema } from "../../../gen/opentelemetry/proto/common/v1/common_pb.ts";
import { ResourceSchema } from "../../../gen/opentelemetry/proto/resource/v1/resource_pb.ts";
import {
  ResourceSpansSchema,
  ScopeSpansSchema,
  SpanSchema,
} from "../../../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import {
  ResourceSpansFramingSchema,
  ScopeSpansFramingSchema,
} from "../../../gen/skein/framing/v1/otlp_pb.ts";
import { type FaultPath, InvalidRequestError } from "../../model/base/errors.ts";
import { isLongId, MAX_ID_BYTES } from "../../model/base/ids.ts";
import { quoted } from "../../model/base/quoted.ts";
import type { Span } from "../../model/traces/span.ts";
import { TABLES } from "./dialects/tables.ts";
import { projectOfResource } from "./export-project.ts";
import { extractSpan, type SpanGroup } from "./extract.ts";
import { fieldsIn, valuesOf, withoutField } from "./framing.ts";

/** The most fields of a span, or of what spans share; decoded, each takes some 200 bytes. */
const MAX_FIELDS = 100_000;

/** A message of fewer bytes has fewer fields. */
const FEW_BYTES = 64 * 1024;

/** The fields that are lists, in messages and in their framing. */
const RESOURCE_SPANS = 1;
const SCOPE_SPANS = 2;
const SPANS = 2;

/** Where a reading is. */
interface Progress {
  fallbackProject: string;
  /** How many spans are still to be passed over. */
  skip: number;
}

/**
 * Reads an encoded export: gives each span in the model's terms, or the reason why it is refused, and nothing for a
 * message around them. Keeps nothing of what it gave. Takes some 10-30 µs a span of usual size.
 *
 * @param fallbackProject the project of spans whose resource names none
 * @param skip how many spans to pass over without decoding them, because they were read before
 * @throws InvalidRequestError when what comes next is malformed
 */
export function* readExport(
  bytes: Uint8Array,
  fallbackProject: string,
  skip = 0,
): Generator<Span | string | undefined> {
  const progress = { fallbackProject, skip };
  let index = 0;
  for (const group of inMessage(["body"], valuesOf(bytes, RESOURCE_SPANS))) {
    yield* readResource(group, ["resource_spans", index], progress);
    index += 1;
  }
}

/**
 * How many messages an encoded export has, down to its spans, with nothing of them looked at. Takes some 50 ns each.
 *
 * @param most where counting may stop
 * @throws Error when it is malformed
 */
export function messagesIn(bytes: Uint8Array, most: number): number {
  let count = 0;
  for (const resource of valuesOf(bytes, RESOURCE_SPANS)) {
    count += 1;
    for (const scope of valuesOf(resource, SCOPE_SPANS)) {
      count += 1;
      for (const _span of valuesOf(scope, SPANS)) if (count++ > most) return count;
      if (count > most) return count;
    }
    if (count > most) return count;
  }
  return count;
}

function* readResource(bytes: Uint8Array, path: FaultPath, progress: Progress) {
  yield;
  const shared = sharedIn(ResourceSpansSchema, bytes, SCOPE_SPANS, path);
  const { resource = new Uint8Array(), schemaUrl } = read(ResourceSpansFramingSchema, shared, path);
  const projectId =
    projectOfResource(read(ResourceSchema, resource, [...path, "resource"])) ?? progress.fallbackProject;
  const originOf = (scope: Uint8Array) =>
    toBinary(
      ResourceSpansFramingSchema,
      create(ResourceSpansFramingSchema, { resource, schemaUrl, scopeSpans: [scope] }),
    );
  let index = 0;
  for (const group of inMessage(path, valuesOf(bytes, SCOPE_SPANS))) {
    yield* readScope(group, [...path, "scope_spans", index], projectId, originOf, progress);
    index += 1;
  }
}

function* readScope(
  bytes: Uint8Array,
  path: FaultPath,
  projectId: string,
  originOf: (scope: Uint8Array) => Uint8Array,
  progress: Progress,
) {
  yield;
  const shared = read(ScopeSpansFramingSchema, sharedIn(ScopeSpansSchema, bytes, SPANS, path), path);
  read(InstrumentationScopeSchema, shared.scope ?? new Uint8Array(), [...path, "scope"]);
  const group = { projectId, origin: originOf(toBinary(ScopeSpansFramingSchema, shared)) };
  const isProjectTooLong = isLongId(projectId);
  let index = 0;
  for (const span of inMessage(path, valuesOf(bytes, SPANS))) {
    if (progress.skip > 0) {
      progress.skip -= 1;
    } else {
      const result = readSpan(span, [...path, "spans", index], group);
      yield isProjectTooLong ? `the project's name is longer than ${MAX_ID_BYTES} bytes` : result;
    }
    index += 1;
  }
}

function readSpan(bytes: Uint8Array, path: FaultPath, group: SpanGroup): Span | string {
  if (hasTooManyFields(SpanSchema, bytes, path)) return `the span has more than ${MAX_FIELDS} fields`;
  return extractSpan(read(SpanSchema, bytes, path), bytes, group, TABLES);
}

/** What the messages of a list share: the message around them without the list. */
function sharedIn(schema: DescMessage, bytes: Uint8Array, list: number, path: FaultPath): Uint8Array {
  const shared = blaming(path, () => withoutField(bytes, list));
  if (!hasTooManyFields(schema, shared, path)) return shared;
  throw new InvalidRequestError([{ path, message: `has more than ${MAX_FIELDS} fields beside its lists` }]);
}

function hasTooManyFields(schema: DescMessage, bytes: Uint8Array, path: FaultPath): boolean {
  return bytes.length > FEW_BYTES && blaming(path, () => fieldsIn(schema, bytes, MAX_FIELDS)) > MAX_FIELDS;
}

function read<Desc extends DescMessage>(
  schema: Desc,
  bytes: Uint8Array,
  path: FaultPath,
): MessageShape<Desc> {
  return blaming(path, () => fromBinary(schema, bytes));
}

/** Values that are found in a message as they are asked for. */
function* inMessage<Value>(path: FaultPath, values: Iterator<Value>): Generator<Value> {
  for (;;) {
    const { done, value } = blaming(path, () => values.next());
    if (done) return;
    yield value;
  }
}

/** Blames the message at a path for what goes wrong. */
function blaming<Result>(path: FaultPath, decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    const reason = quoted(error instanceof Error ? error.message : String(error));
    throw new InvalidRequestError([{ path, message: `is not a well-formed message: ${reason}` }]);
  }
}
