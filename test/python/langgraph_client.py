"""What Python's langgraph-sdk sends for its threads: the same requests and headers, by the HTTP client it uses.

Its client keeps one connection with these headers, encodes bodies itself, sends no body at all where there is nothing
to say, and puts subgraphs into the query or body of every read of a state.
"""

import json
import sys

import httpx

url = sys.argv[1]
headers = {"User-Agent": "langgraph-sdk-py/0.4.5", "x-api-key": "key"}
client = httpx.Client(base_url=url, headers=headers, timeout=httpx.Timeout(30), follow_redirects=False)
answers = {}


def ask(name, method, path, body=None, params=None):
    content = None if body is None else json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    typed = {} if content is None else {"Content-Type": "application/json"}
    answer = client.request(method, path, content=content, params=params, headers=typed)
    answers[name] = [answer.status_code, json.loads(answer.content) if answer.content else None]
    return answers[name][1]


thread = ask(
    "create",
    "POST",
    "/threads",
    {"metadata": {"user": "é"}, "if_exists": "raise", "ttl": {"ttl": 5, "strategy": "delete"}},
)
path = f"/threads/{thread['thread_id']}"
ask("create empty", "POST", "/threads", {})
ask("create again", "POST", "/threads", {"thread_id": thread["thread_id"]})
ask("get", "GET", path, params={"include": "ttl"})
ask("update", "PATCH", path, {"metadata": {"n": 1}})
ask("update state", "POST", f"{path}/state", {"values": {"a": 1}, "as_node": "agent"})
state = ask("get state", "GET", f"{path}/state", params={"subgraphs": False})
ask("get state by id", "GET", f"{path}/state/{state['checkpoint']['checkpoint_id']}", params={"subgraphs": False})
ask("get state at", "POST", f"{path}/state/checkpoint", {"checkpoint": state["checkpoint"], "subgraphs": False})
ask("history", "POST", f"{path}/history", {"limit": 10})
ask("history before", "POST", f"{path}/history", {"limit": 10, "before": state["checkpoint"], "metadata": {"step": 0}})
ask("copy", "POST", f"{path}/copy")
ask("search", "POST", "/threads/search", {"limit": 10, "offset": 0, "metadata": {"n": 1}, "sort_by": "updated_at"})
ask("count", "POST", "/threads/count", {"metadata": {"n": 1}})
ask("prune", "POST", "/threads/prune", {"thread_ids": [thread["thread_id"]], "strategy": "keep_latest"})
ask("delete", "DELETE", path)
ask("get deleted", "GET", path)
print(json.dumps(answers))
