import { belongingTests } from "./belonging.ts";
import { callPropertyTests } from "./call-properties.ts";
import { callQueryTests } from "./call-queries.ts";
import { callTests } from "./calls.ts";
import { chatPropertyTests } from "./chat-properties.ts";
import { chatTests } from "./chats.ts";
import { contentTests } from "./content.ts";
import { conversationSpansTests } from "./conversation-spans.ts";
import { describeConcepts, type StoreHandle } from "./describe-store.ts";
import { expiryTests } from "./expiry.ts";
import { feedbackTests } from "./feedback.ts";
import { feedbackQueryTests } from "./feedback-query.ts";
import { healthTests } from "./health.ts";
import { identityTests } from "./identity.ts";
import { keyTests } from "./keys.ts";
import { movePropertyTests } from "./move-properties.ts";
import { moveTests } from "./moves.ts";
import { propertyTests } from "./properties.ts";
import { recordPropertyTests } from "./record-properties.ts";
import { recordSearchTests } from "./record-search.ts";
import { recordTests } from "./records.ts";
import { stateTests } from "./states.ts";
import { statisticsTests } from "./statistics.ts";
import { streamTests } from "./streams.ts";
import { threadQueryTests } from "./thread-query.ts";
import { tokenTests } from "./tokens.ts";
import { transcriptPropertyTests } from "./transcript-properties.ts";
import { transcriptTests } from "./transcripts.ts";
import { turnTranscriptTests } from "./turn-transcripts.ts";
import { turnTests } from "./turns.ts";
import { versionTests } from "./versions.ts";

/**
 * The conformance suite: defines, for vitest, every test that an engine must pass. `open` makes an empty store for each
 * test; `exceptions` names tests that the engine cannot meet, each with its reason.
 */
export function describeStore(
  name: string,
  open: () => Promise<StoreHandle>,
  exceptions: Record<string, string> = {},
): void {
  describeConcepts(
    name,
    open,
    {
      versions: versionTests,
      belonging: belongingTests,
      turns: turnTests,
      statistics: statisticsTests,
      tokens: tokenTests,
      "thread queries": threadQueryTests,
      "conversation spans": conversationSpansTests,
      feedback: feedbackTests,
      "feedback queries": feedbackQueryTests,
      "projects and ids": identityTests,
      streams: streamTests,
      properties: propertyTests,
      calls: callTests,
      "queries of calls": callQueryTests,
      "properties of calls": callPropertyTests,
      records: recordTests,
      "record searches": recordSearchTests,
      states: stateTests,
      expiry: expiryTests,
      "files, objects and tables": contentTests,
      keys: keyTests,
      health: healthTests,
      moves: moveTests,
      "properties of moves": movePropertyTests,
      "properties of records": recordPropertyTests,
      chats: chatTests,
      "properties of chats": chatPropertyTests,
      transcripts: transcriptTests,
      "transcripts of turns": turnTranscriptTests,
      "properties of transcripts": transcriptPropertyTests,
    },
    exceptions,
  );
}
