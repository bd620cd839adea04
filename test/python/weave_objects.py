"""Logs in, publishes, and gives feedback as Weave's Python client does, request by request; prints what Skein answers.

The client encodes bodies itself and names no content type; it sends absent values as nulls, and files as forms.
"""

import json
import sys

import httpx

ENTITY, NAME = "ent", "proj"
PROJECT = f"{ENTITY}/{NAME}"
client = httpx.Client(base_url=sys.argv[1], auth=("api", "any-key"))


def post(path, body):
    response = client.post(path, content=json.dumps(body).encode())
    response.raise_for_status()
    return response.json()


def graphql(query, **variables):
    response = client.post("/graphql", json={"query": query, "variables": variables})
    response.raise_for_status()
    return response.json()["data"]


def create_file(path, name, content):
    response = client.post(path, data={"project_id": PROJECT}, files={"file": (name, content)})
    response.raise_for_status()
    return response.json()["digest"]


def read_file(path, digest):
    body = json.dumps({"project_id": PROJECT, "digest": digest}).encode()
    with client.stream("POST", path, content=body) as response:
        response.raise_for_status()
        return b"".join(response.iter_bytes())


def publish(name, value):
    named = {"project_id": PROJECT, "object_id": name}
    obj = {**named, "val": value, "set_base_object_class": None, "wb_user_id": None}
    return post("/obj/create", {"obj": obj})["digest"]


def read_object(name, digest):
    asked = {"project_id": PROJECT, "object_id": name, "digest": digest, "metadata_only": False}
    return post("/obj/read", asked)["obj"]


def query_feedback(expression, **asked):
    query = None if expression is None else {"$expr": expression}
    sort_by = [{"field": "created_at", "direction": "asc"}]
    body = {"project_id": PROJECT, "fields": None, "query": query, "sort_by": sort_by, "limit": None, "offset": None}
    return post("/feedback/query", {**body, **asked})["result"]


def equals(field, value):
    return {"$eq": [{"$getField": field}, {"$literal": value}]}


answers = {"server_info": client.get("/server_info").json()}

answers["viewer"] = graphql("query DefaultEntity { viewer { username defaultEntity { name } } }")["viewer"]["username"]
answers["project"] = graphql(
    "query GetProject($name: String!, $entity: String!) { project(name: $name, entityName: $entity) { name } }",
    name=NAME,
    entity=ENTITY,
)
answers["upserted"] = graphql(
    """mutation UpsertModel($name: String!, $id: String, $entity: String!, $description: String, $repo: String) {
      upsertModel(input: {id: $id, name: $name, entityName: $entity, description: $description, repo: $repo}) {
        model { name description entityName }
      }
    }""",
    name=NAME,
    entity=ENTITY,
    description=None,
    repo=None,
)

source = "def ask(question):\n    return 'so'  # é\n".encode()
digest = create_file("/files/create", "obj.py", source)
answers["file_again"] = create_file("/file/create", "other.py", source) == digest
large = bytes(range(256)) * 3000
large_digest = create_file("/files/create", "large", large)
answers["files"] = [
    read_file("/files/content", digest) == source,
    read_file("/file/content", large_digest) == large,
]

op = publish("ask", {"_type": "CustomWeaveType", "weave_type": {"type": "Op"}, "files": {"obj.py": digest}})
questions = [{"q": "why?", "n": 1}, {"q": "how?", "n": 2.5}]
table = post("/table/create", {"table": {"project_id": PROJECT, "rows": questions}})
updates = [{"append": {"row": {"q": "who?", "n": 3}}}, {"pop": {"index": 0}}]
updated = post("/table/update", {"project_id": PROJECT, "base_digest": table["digest"], "updates": updates})
answers["updated"] = [len(updated["updated_row_digests"]), updated["updated_row_digests"][1] == table["row_digests"][0]]
rows = post(
    "/table/query",
    {"project_id": PROJECT, "digest": updated["digest"], "filter": None, "limit": 100, "offset": 0, "sort_by": None},
)["rows"]
answers["rows"] = [row["val"] for row in rows]
dataset = publish(
    "questions",
    {
        "_type": "Dataset",
        "name": "questions",
        "rows": f"weave:///{PROJECT}/table/{table['digest']}",
        "_class_name": "Dataset",
        "_bases": ["Object", "BaseModel"],
    },
)
second = publish("questions", {"_type": "Dataset", "name": "again"})
answers["object"] = [read_object("questions", version)["val"]["name"] for version in (dataset, "latest", "v0")]
ref = f"weave:///{PROJECT}/object/questions:{dataset}"
refs = [f"{ref}/attr/rows/id/{row}/key/q" for row in table["row_digests"]]
refs += [f"{ref}/attr/name", f"weave:///{PROJECT}/op/ask:{op}/key/_type"]
answers["refs"] = post("/refs/read_batch", {"refs": refs})["vals"]
latest = {"project_id": PROJECT, "filter": {"latest_only": True}, "metadata_only": True}
answers["objects"] = [
    [each["object_id"], each["version_index"], each["kind"]] for each in post("/objs/query", latest)["objs"]
]

call = f"weave:///{PROJECT}/call/0198f000-0000-7000-8000-000000000001"
turn = f"weave:///{PROJECT}/agent_turn/0af7651916cd43dd8448eb211c80319c"
said = {
    "project_id": PROJECT,
    "weave_ref": call,
    "creator": None,
    "annotation_ref": None,
    "runnable_ref": None,
    "call_ref": None,
    "trigger_ref": None,
    "wb_user_id": None,
}
reaction = post("/feedback/create", {**said, "feedback_type": "wandb.reaction.1", "payload": {"emoji": "👍"}})
batch = post(
    "/feedback/batch/create",
    {
        "batch": [
            {**said, "feedback_type": "wandb.note.1", "payload": {"note": "good"}},
            {
                **said,
                "weave_ref": turn,
                "feedback_type": "wandb.agent_monitor",
                "payload": {},
                "runnable_ref": f"weave:///{PROJECT}/object/judge:d",
                "call_ref": call,
                "trigger_ref": f"weave:///{PROJECT}/object/monitor:d",
                "scorer_tags": ["ok"],
                "scorer_ratings": {"quality": 0.5},
            },
        ]
    },
)["res"]
created = [reaction, *batch]
answers["created"] = [sorted(each) for each in created]
everything = query_feedback(None)
answers["fields"] = sorted({field for each in everything for field in each})
answers["types"] = sorted(each["feedback_type"] for each in everything)
answers["by_id"] = [each["payload"] for each in query_feedback(equals("id", reaction["id"]))]
answers["of_ref"] = [each["scorer_ratings"] for each in query_feedback(equals("weave_ref", turn))]
emoji = {"$and": [equals("feedback_type", "wandb.reaction.1"), equals("payload.emoji", "👍")]}
answers["by_reaction"] = query_feedback(emoji, fields=["feedback_type", "payload.emoji"], limit=100, offset=0)
answers["purged"] = post("/feedback/purge", {"project_id": PROJECT, "query": {"$expr": equals("id", reaction["id"])}})
answers["left"] = len(query_feedback(None))

answers["deleted"] = post("/obj/delete", {"project_id": PROJECT, "object_id": "questions", "digests": [second]})
answers["latest_left"] = read_object("questions", "latest")["val"]["name"]
answers["all_deleted"] = post("/obj/delete", {"project_id": PROJECT, "object_id": "questions", "digests": None})
print(json.dumps(answers))
