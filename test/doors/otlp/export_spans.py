"""Exports two spans over OTLP/gRPC with nothing but grpcio and the published message types.

Usage: export_spans.py HOST:PORT. Prints the answer as JSON.
"""

import json
import sys

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

span = trace_pb2.Span(
    trace_id=bytes(range(1, 17)),
    span_id=bytes(range(1, 9)),
    name="chat gpt",
    start_time_unix_nano=1_700_000_000_000_000_001,
    attributes=[
        common_pb2.KeyValue(
            key="gen_ai.conversation.id", value=common_pb2.AnyValue(string_value="thread-py")
        )
    ],
)
without_id = trace_pb2.Span(name="no id", start_time_unix_nano=1)
request = trace_service_pb2.ExportTraceServiceRequest(
    resource_spans=[
        trace_pb2.ResourceSpans(scope_spans=[trace_pb2.ScopeSpans(spans=[span, without_id])])
    ]
)
with grpc.insecure_channel(sys.argv[1], compression=grpc.Compression.Gzip) as channel:
    stub = trace_service_pb2_grpc.TraceServiceStub(channel)
    answer = stub.Export(request, metadata=[("project_id", "python")], timeout=30)
partial = answer.partial_success
print(json.dumps({"rejected": partial.rejected_spans, "message": partial.error_message}))
