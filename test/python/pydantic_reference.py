"""What pydantic says of request bodies, the way FastAPI asks it.

Reads a file of lines {"model": name, "body": text} and answers each with a line: {"detail": [...]} as the body of a
422, or {"value": {...}} with the validated fields, datetimes as microseconds since the epoch.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Filter(Strict):
    after_datetime: datetime | None = None
    before_datetime: datetime | None = None
    thread_ids: list[str] | None = None


class SortBy(Strict):
    field: Literal[
        "thread_id", "turn_count", "start_time", "last_updated", "p50_turn_duration_ms", "p99_turn_duration_ms"
    ]
    direction: Literal["asc", "desc"]


class ThreadsQuery(Strict):
    project_id: str = Field(min_length=1)
    filter: Filter | None = None
    limit: int | None = Field(default=None, ge=0)
    offset: int | None = Field(default=None, ge=0)
    sort_by: list[SortBy] | None = Field(default=None, max_length=100)


class ConversationSpans(BaseModel):
    project_id: str = Field(min_length=1)
    conversation_ids: list[str] = Field(default=[], max_length=10_000)
    started_after: datetime | None = None
    started_before: datetime | None = None


class Feedback(BaseModel):
    project_id: str = Field(min_length=1)
    weave_ref: str = Field(min_length=1)
    feedback_type: str = Field(min_length=1)
    payload: dict[str, Any]
    id: str | None = None
    creator: str | None = None
    wb_user_id: str | None = None
    scorer_tags: list[str] = Field(default=[], max_length=1000)
    scorer_ratings: dict[str, FiniteFloat] = Field(default={}, max_length=1000)
    scorer_rating_reasons: dict[str, str] = Field(default={}, max_length=1000)
    scorer_rating_confidences: dict[str, FiniteFloat] = Field(default={}, max_length=1000)
    runnable_ref: str | None = None
    call_ref: str | None = None
    trigger_ref: str | None = None
    span_trace_id: str | None = None
    span_conversation_id: str | None = None


ADAPTERS = {model.__name__: TypeAdapter(model) for model in (ThreadsQuery, ConversationSpans, Feedback)}
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return (moment - EPOCH) // timedelta(microseconds=1)
    return value


def answer(model: str, body: str) -> dict[str, Any]:
    try:
        parsed = json.loads(body) if body else None
    except json.JSONDecodeError as error:
        entry = {"type": "json_invalid", "loc": ["body", error.pos], "msg": "JSON decode error", "input": {}}
        return {"detail": [{**entry, "ctx": {"error": error.msg}}]}
    if parsed is None:
        return {"detail": [{"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}]}
    try:
        return {"value": plain(ADAPTERS[model].validate_python(parsed, from_attributes=True))}
    except ValidationError as error:
        detail = error.errors(include_url=False)
        return {"detail": [{**entry, "loc": ["body", *entry["loc"]]} for entry in detail]}


with open(sys.argv[1], encoding="utf-8") as requests:
    for line in requests:
        request = json.loads(line)
        print(json.dumps(answer(request["model"], request["body"])))
