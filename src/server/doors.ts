import { chatDoor } from "../api/chat/door.ts";
import type { Door } from "../api/door.ts";
import { langgraphDoor } from "../api/langgraph/door.ts";
import { otlpDoor } from "../api/otlp/door.ts";
import { threadServiceDoor } from "../api/rpc/thread-service.ts";
import { weaveDoor } from "../api/weave/door.ts";

/** Every dialect Skein speaks, beside the server's own health and reflection. A new one is one line here. */
export const doors: Door[] = [threadServiceDoor, weaveDoor, langgraphDoor, chatDoor, otlpDoor];
