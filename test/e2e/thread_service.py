"""Asks ThreadService with grpcio: thread_service.py GENERATED TARGET QUESTIONS.

QUESTIONS is a JSON list of [method, request]; prints the list of answers, each a list of messages, as JSON.
"""

import json
import sys

generated, target, questions = sys.argv[1:]
sys.path.insert(0, generated)

import grpc  # noqa: E402
from google.protobuf import json_format  # noqa: E402
from skein.v1 import span_pb2, thread_pb2, thread_service_pb2_grpc  # noqa: E402

REQUESTS = {
    "ThreadsQuery": thread_pb2.ThreadsQueryRequest,
    "Spans": span_pb2.SpansRequest,
    "StreamSpans": span_pb2.StreamSpansRequest,
}


def ask(service, method, request):
    answer = getattr(service, method)(json_format.ParseDict(request, REQUESTS[method]()), timeout=30)
    messages = [answer] if method == "Spans" else answer
    return [json_format.MessageToDict(message) for message in messages]


with grpc.insecure_channel(target) as channel:
    service = thread_service_pb2_grpc.ThreadServiceStub(channel)
    print(json.dumps([ask(service, method, request) for method, request in json.loads(questions)]))
