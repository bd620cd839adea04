"""Calls a server through descriptors that grpcio-tools made: grpc_client.py GENERATED TARGET. Prints JSON."""

import json
import sys

generated, target = sys.argv[1:]
sys.path.insert(0, generated)

import grpc  # noqa: E402

# The generated package of the health service has the name of the library's own.
grpc.__path__.append(f"{generated}/grpc")

from google.rpc import error_details_pb2, status_pb2  # noqa: E402
from grpc.health.v1 import health_pb2, health_pb2_grpc  # noqa: E402
from skein.v1 import span_pb2, thread_pb2, thread_service_pb2_grpc  # noqa: E402


def violations(error):
    details = dict(error.trailing_metadata())["grpc-status-details-bin"]
    bad_request = error_details_pb2.BadRequest()
    status_pb2.Status.FromString(details).details[0].Unpack(bad_request)
    return {v.field: v.description for v in bad_request.field_violations}


with grpc.insecure_channel(target) as channel:
    health = health_pb2_grpc.HealthStub(channel)
    threads = thread_service_pb2_grpc.ThreadServiceStub(channel)

    checked = health.Check(health_pb2.HealthCheckRequest()).status
    watch = health.Watch(health_pb2.HealthCheckRequest(service="skein.v1.ThreadService"))
    watched = next(watch).status
    watch.cancel()

    spans = threads.Spans(span_pb2.SpansRequest(conversation_ids=["a", "ä"]), compression=grpc.Compression.Gzip)
    rows = [row for part in threads.ThreadsQuery(thread_pb2.ThreadsQueryRequest(limit=500)) for row in part.threads]
    try:
        threads.Spans(span_pb2.SpansRequest(project_id="bad"), timeout=10)
        refused = None
    except grpc.RpcError as error:
        refused = {"code": error.code().name, "violations": violations(error)}

print(
    json.dumps(
        {
            "checked": checked,
            "watched": watched,
            "conversations": [conversation.conversation_id for conversation in spans.conversations],
            "rows": len(rows),
            "lastRow": rows[-1].thread_id,
            "refused": refused,
        }
    )
)
