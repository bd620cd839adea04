"""What FastAPI says of requests to the chat door, which is documented as an application of it.

Reads a file of lines {"method": ..., "path": ..., "body": text or null} and answers each with a line: {"status": ...}, and
the "detail" of a 422.
"""

import json
import sys
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Query
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

NAME = "^[a-zA-Z0-9_-]+$"
ProjectId = Annotated[str | None, Query(max_length=100, pattern=NAME)]
ProjectType = Annotated[str, Field(max_length=50, pattern=NAME)]
Count = Annotated[int, Field(ge=0)]


class Kept(BaseModel):
    """A document that is kept as it came."""

    model_config = ConfigDict(strict=True)


class CustomMetadata(Kept):
    tags: list[str] | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    source: str | None = None
    version: str | None = None
    extra: dict[str, str] | None = None


class Settings(Kept):
    temperature: Annotated[FiniteFloat, Field(le=2)] | None = None
    maxTokens: Annotated[int, Field(ge=1)] | None = None
    useRag: bool | None = None
    persona: str | None = None
    stance: str | None = None
    autoTitle: bool | None = None
    notifications: bool | None = None


class Permissions(Kept):
    ownerId: str | None = None
    canRead: list[str] | None = None
    canWrite: list[str] | None = None
    canDelete: list[str] | None = None
    isPublic: bool | None = None
    shareLink: str | None = None


class Documents(BaseModel):
    sessionId: str | None = None
    description: str | None = None
    summary: str | None = None
    category: str | None = None
    customMetadata: CustomMetadata | None = None
    parentThreadId: str | None = None
    relatedThreads: list[str] | None = None
    settings: Settings | None = None
    pinnedDocuments: list[str] | None = None
    permissions: Permissions | None = None


class Create(BaseModel):
    title: str | None = None
    projectId: str | None = None
    projectType: ProjectType | None = None
    initialMessage: str | None = None
    tags: list[str] | None = None
    threadId: str | None = None


class CreateThread(Documents, Create):
    pass


class Patch(BaseModel):
    title: str | None = None
    tags: list[str] | None = None
    isArchived: bool | None = None
    isPinned: bool | None = None
    isReadonly: bool | None = None


class PatchThread(Documents, Patch):
    pass


class Message(BaseModel):
    messageId: str | None = None
    role: str = Field(min_length=1)
    content: str
    timestamp: datetime | None = None
    agentUsed: str | None = None
    modelUsed: str | None = None
    inputTokens: Count | None = None
    outputTokens: Count | None = None
    responseTimeMs: Annotated[FiniteFloat, Field(ge=0)] | None = None


class Append(BaseModel):
    messages: list[Message] = Field(min_length=1, max_length=100)


app = FastAPI()
THREADS = "/api/chat/threads"
Limit = Annotated[int, Query(ge=1, le=1000)]


@app.get(THREADS)
def list_threads(project_id: ProjectId = None, project_type: ProjectType = "general", limit: Limit = 50):
    return {}


@app.post(THREADS)
def create_thread(body: CreateThread):
    return {}


@app.patch(THREADS + "/{thread_id}")
def patch_thread(thread_id: str, body: PatchThread):
    return {}


@app.get(THREADS + "/{thread_id}/messages")
def list_messages(
    thread_id: str, project_id: ProjectId = None, limit: Limit = 100, offset: Annotated[int, Query(ge=0)] = 0
):
    return {}


@app.post(THREADS + "/{thread_id}/messages")
def append_messages(thread_id: str, body: Append):
    return {}


client = TestClient(app)
with open(sys.argv[1], encoding="utf-8") as requests:
    for line in requests:
        request = json.loads(line)
        body = request["body"]
        headers = {} if body is None else {"content-type": "application/json"}
        content = None if body is None else body.encode()
        answer = client.request(request["method"], request["path"], content=content, headers=headers)
        said = {"detail": answer.json()["detail"]} if answer.status_code == 422 else {}
        print(json.dumps({"status": answer.status_code, **said}))
