import { formatInstant } from "../../model/base/instant.ts";
import { memberTexts } from "../../model/json/members.ts";
import type { ChatThread } from "../../model/transcripts/chat-thread.ts";

/** The title of a thread that has none and nothing to make one of. */
const NO_TITLE = "New Chat";

/** A thread as the chat door prints it: every documented key, null for what is unknown; documents are as they came. */
export function threadJson(chat: ChatThread, projectId: string): string {
  const documents = memberTexts(chat.documents);
  const document = (name: string, otherwise = "null") => {
    const text = documents.get(name) ?? "null";
    return text === "null" ? otherwise : text;
  };
  const id = JSON.stringify(chat.threadId);
  const by = JSON.stringify(chat.createdBy);
  const { lastMessageAt, isArchived } = chat;
  const members: [string, string][] = [
    ["threadId", id],
    ["title", JSON.stringify(chat.title ?? NO_TITLE)],
    ["projectId", JSON.stringify(projectId)],
    ["createdAt", time(chat.createdAt)],
    ["messageCount", String(chat.messageCount)],
    ["tags", JSON.stringify(chat.tags)],
    ["uuid", id],
    ["conversationId", id],
    ["version", `"${chat.revision}"`],
    ["schemaVersion", '"1"'],
    ["owner", by],
    ["createdBy", by],
    ["modifiedBy", JSON.stringify(chat.modifiedBy)],
    ["userId", by],
    ["sessionId", document("sessionId")],
    ["modifiedAt", time(chat.modifiedAt)],
    ["lastAccessed", "null"],
    ["lastMessageAt", lastMessageAt === null ? "null" : time(lastMessageAt)],
    ["lastMessagePreview", JSON.stringify(chat.lastMessagePreview)],
    ["status", isArchived ? '"archived"' : '"active"'],
    ["isActive", String(!isArchived)],
    ["isArchived", String(isArchived)],
    ["isPinned", String(chat.isPinned)],
    ["isReadonly", String(chat.isReadonly)],
    ["description", document("description")],
    ["summary", document("summary")],
    ["category", document("category")],
    ["customMetadata", document("customMetadata")],
    ["userMessageCount", String(chat.userMessageCount)],
    ["assistantMessageCount", String(chat.assistantMessageCount)],
    ["totalTokens", String(chat.totalTokens)],
    ["averageResponseTimeMs", String(chat.averageResponseTimeMs)],
    ["qualityScore", scoreJson(chat.qualityScore, 100)],
    ["relevanceScore", scoreJson(chat.relevanceScore, 1)],
    ["participants", JSON.stringify(chat.participants)],
    ["agentUsed", JSON.stringify(chat.agentUsed)],
    ["modelUsed", JSON.stringify(chat.modelUsed)],
    ["parentThreadId", document("parentThreadId")],
    ["relatedThreads", document("relatedThreads", "[]")],
    ["settings", document("settings")],
    ["pinnedDocuments", document("pinnedDocuments", "[]")],
    ["permissions", document("permissions")],
    ["errors", "null"],
    ["warnings", "null"],
    ["extra", "null"],
  ];
  return `{${members.map(([name, text]) => `"${name}":${text}`).join(",")}}`;
}

/** Raters may rate as they like; a score is documented to lie between 0 and its maximum. */
function scoreJson(score: number | null, max: number): string {
  return score === null ? "null" : String(Math.max(0, Math.min(max, score)));
}

function time(instant: number): string {
  return `"${formatInstant(instant)}"`;
}
