import { chatDoor } from "../doors/chat/door.ts";
import type { Door } from "../doors/kit/door.ts";
import { langgraphDoor } from "../doors/langgraph/door.ts";
import { otlpDoor } from "../doors/otlp/door.ts";
import { threadServiceDoor } from "../doors/rpc/thread-service.ts";
import { weaveDoor } from "../doors/weave/door.ts";

/** Every dialect Skein speaks, beside the server's own health and reflection. A new one is one line here. */
export const doors: Door[] = [threadServiceDoor, weaveDoor, langgraphDoor, chatDoor, otlpDoor];
