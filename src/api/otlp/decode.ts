import { Buffer } from "node:buffer";
import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { InstrumentationScopeSchema } from "../../../gen/opentelemetry/proto/common/v1/common_pb.ts";
import { ResourceSchema } from "../../../gen/opentelemetry/proto/resource/v1/resource_pb.ts";
import { SpanSchema } from "../../../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import {
  ExportFramingSchema,
  ResourceSpansFramingSchema,
  ScopeSpansFramingSchema,
} from "../../../gen/skein/framing/v1/otlp_pb.ts";
import { InvalidRequestError } from "../../model/errors.ts";
import { quoted } from "../../model/quoted.ts";
import type { Span } from "../../model/span.ts";
import { projectOfResource } from "./export-project.ts";
import { extractSpan, type SpanGroup } from "./extract.ts";
import { jsonToProtobuf } from "./json-body.ts";
import { noRefusals, type Refusals, refuse } from "./refusals.ts";

/** An export as it came, decompressed. */
export interface ExportBody {
  bytes: Uint8Array;
  encoding: "protobuf" | "json";
}

/** An export in the model's terms. */
export interface DecodedExport {
  spans: Span[];
  refusals: Refusals;
}

/** The longest project id a span is taken for. */
const MAX_PROJECT_BYTES = 1024;

type Path = (string | number)[];

/**
 * Decodes a whole export. Holds the thread for as long as that takes: some 10-30 µs a span of usual size.
 *
 * @param fallbackProject the project of spans whose resource names none.
 * @throws InvalidRequestError when any part of it is malformed.
 */
export function decodeExport({ bytes, encoding }: ExportBody, fallbackProject: string): DecodedExport {
  const decoded: DecodedExport = { spans: [], refusals: noRefusals() };
  const { resourceSpans } = read(ExportFramingSchema, encoding === "json" ? jsonToProtobuf(bytes) : bytes, [
    "body",
  ]);
  for (const [index, group] of resourceSpans.entries()) {
    decodeResource(group, ["resource_spans", index], fallbackProject, decoded);
  }
  return decoded;
}

function decodeResource(
  bytes: Uint8Array,
  path: Path,
  fallbackProject: string,
  decoded: DecodedExport,
): void {
  const {
    resource = new Uint8Array(),
    scopeSpans,
    schemaUrl,
  } = read(ResourceSpansFramingSchema, bytes, path);
  const projectId =
    projectOfResource(read(ResourceSchema, resource, [...path, "resource"])) ?? fallbackProject;
  for (const [index, group] of scopeSpans.entries()) {
    const scopePath = [...path, "scope_spans", index];
    const { spans, ...scope } = read(ScopeSpansFramingSchema, group, scopePath);
    read(InstrumentationScopeSchema, scope.scope ?? new Uint8Array(), [...scopePath, "scope"]);
    const origin = toBinary(
      ResourceSpansFramingSchema,
      create(ResourceSpansFramingSchema, {
        resource,
        schemaUrl,
        scopeSpans: [toBinary(ScopeSpansFramingSchema, { ...scope, spans: [] })],
      }),
    );
    decodeSpans(spans, scopePath, { projectId, origin }, decoded);
  }
}

function decodeSpans(
  spans: Uint8Array[],
  path: Path,
  group: SpanGroup,
  { spans: taken, refusals }: DecodedExport,
): void {
  const isProjectTooLong = Buffer.byteLength(group.projectId) > MAX_PROJECT_BYTES;
  for (const [index, bytes] of spans.entries()) {
    const span = read(SpanSchema, bytes, [...path, "spans", index]);
    const result = isProjectTooLong
      ? `the project's name is longer than ${MAX_PROJECT_BYTES} bytes`
      : extractSpan(span, bytes, group);
    if (typeof result === "string") refuse(refusals, result);
    else taken.push(result);
  }
}

function read<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array, path: Path): MessageShape<Desc> {
  try {
    return fromBinary(schema, bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidRequestError([{ path, message: `is not a well-formed message: ${quoted(reason)}` }]);
  }
}
