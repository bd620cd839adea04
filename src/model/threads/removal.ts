/** A span of a trace, as far as it matters whose it is: null while it belongs to no thread. */
export interface TraceMember<Thread> {
  spanId: string;
  thread: Thread | null;
}

/** What goes of a trace with a thread. */
export interface RemovalInTrace {
  /** The thread's own spans: they go, with their messages and the feedback on them, also where they are calls. */
  spanIds: string[];
  /** Whether the feedback on the trace as a turn goes, too: no other thread has a part in it. */
  withTurnFeedback: boolean;
}

/**
 * What removing a thread does to a trace in which it has spans. All the other spans stay, and what follows from them is
 * as if the thread's had never come: turns, places and statistics are worked out from them anew.
 */
export function removalInTrace<Thread>(
  members: readonly TraceMember<Thread>[],
  thread: Thread,
): RemovalInTrace {
  return {
    spanIds: members.filter((member) => member.thread === thread).map(({ spanId }) => spanId),
    withTurnFeedback: members.every((member) => member.thread === thread || member.thread === null),
  };
}
