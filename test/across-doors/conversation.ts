/** One exchange: a question, and its answer some seconds later. */
interface Exchange {
  asked: string;
  answered: string;
  /** In milliseconds since the epoch. */
  start: number;
  end: number;
  inputTokens: number;
  outputTokens: number;
}

const START = Date.parse("2026-08-20T10:00:00Z");

/** What was said. */
export const EXCHANGES: Exchange[] = [
  {
    asked: "Where is my order?",
    answered: "It left the warehouse.",
    start: START,
    end: START + 1500,
    inputTokens: 30,
    outputTokens: 7,
  },
  {
    asked: "When will it come?",
    answered: "Tomorrow — 😀",
    start: START + 60_000,
    end: START + 62_000,
    inputTokens: 50,
    outputTokens: 3,
  },
];

export const AGENT = "support";
export const MODEL = "gpt-5.1";

/** Every utterance, as a role and a text. */
export const SAID = EXCHANGES.flatMap(({ asked, answered }) => [
  ["user", asked],
  ["assistant", answered],
]);

/** A time as it is printed. */
export function printed(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
