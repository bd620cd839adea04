"""Logs calls as Weave's Python client does, request by request, and prints what Skein answers."""

import json
import sys

import httpx

PROJECT = "ent/proj"
client = httpx.Client(base_url=sys.argv[1], auth=("api", "any-key"))


def post(path, body):
    response = client.post(path, json=body)
    response.raise_for_status()
    return response.json()


def started(call_id, **given):
    """What a call says when it begins; the client sends absent values as nulls."""
    return {
        "project_id": PROJECT,
        "id": call_id,
        "op_name": f"weave:///{PROJECT}/op/ask:digest",
        "display_name": None,
        "trace_id": "0198f000-0000-7000-8000-000000000000",
        "parent_id": None,
        "thread_id": "support-1",
        "turn_id": "turn",
        "started_at": "2026-08-20T00:00:00.123456+00:00",
        "attributes": {"weave": {"client_version": "0.52.0", "source": "python-sdk"}},
        "inputs": {"question": "Why?"},
        "otel_dump": None,
        "wb_user_id": None,
        "wb_run_id": None,
        "wb_run_step": None,
        **given,
    }


def ended(call_id, **given):
    return {
        "project_id": PROJECT,
        "id": call_id,
        "ended_at": "2026-08-20T00:00:01.623456+00:00",
        "exception": None,
        "output": "So.",
        "summary": {"usage": {}, "status_counts": {"success": 1, "error": 0}},
        "wb_run_step_end": None,
        **given,
    }


v2 = f"/v2/{PROJECT}"
answers = {
    "start": post(f"{v2}/call/start", {"start": started("turn")}),
    "complete": post(
        f"{v2}/calls/complete",
        {"batch": [{**started("nested", parent_id="turn"), **ended("nested")}]},
    ),
    "end": post(f"{v2}/call/end", {"end": {**ended("turn"), "started_at": started("turn")["started_at"]}}),
    "batch": post(
        "/call/upsert_batch",
        {
            "batch": [
                {"mode": "end", "req": {"end": ended("second")}},
                {"mode": "start", "req": {"start": started("second", turn_id="second")}},
            ]
        },
    ),
    "legacy_start": post("/call/start", {"start": started(None, trace_id=None, thread_id=None, turn_id=None)}),
    "update": post("/call/update", {"project_id": PROJECT, "call_id": "turn", "display_name": "Renamed"}),
}
answers["legacy_end"] = post("/call/end", {"end": ended(answers["legacy_start"].pop("id"))})
answers["legacy_start"].pop("trace_id")
query = {
    "project_id": PROJECT,
    "filter": {"thread_ids": ["support-1"]},
    "sort_by": [{"field": "started_at", "direction": "asc"}],
    "include_costs": False,
    "include_feedback": False,
    "columns": ["display_name", "output", "summary"],
}
with client.stream("POST", "/calls/stream_query", json=query) as response:
    calls = [json.loads(line) for line in response.iter_lines()]
answers["calls"] = [[call["id"], call["display_name"], call["summary"]["weave"]["status"]] for call in calls]
answers["count"] = post("/calls/query_stats", {"project_id": PROJECT})
answers["threads"] = post("/threads/stream_query", {"project_id": PROJECT})
answers["deleted"] = post("/calls/delete", {"project_id": PROJECT, "call_ids": ["turn"]})
answers["turns_left"] = post("/threads/stream_query", {"project_id": PROJECT})["turn_count"]
print(json.dumps(answers))
