/** What a demo agent is asked, does and says. */
export interface AgentScript {
  agent: string;
  model: string;
  tools: string[];
  exchanges: { question: string; answer: string }[];
}

/** The agents of the demo, each with a handful of exchanges. */
export const AGENT_SCRIPTS: readonly AgentScript[] = [
  {
    agent: "support-agent",
    model: "gpt-5.1",
    tools: ["lookup_order", "issue_refund", "search_help_center"],
    exchanges: [
      {
        question: "Where is my order 48213?",
        answer: "It left our warehouse yesterday and should reach you on Friday.",
      },
      {
        question: "Can I still change the delivery address?",
        answer: "Yes: I have moved it to the address in your profile.",
      },
      {
        question: "The mug arrived broken 😞",
        answer: "I am sorry. A refund of 14.90 is on its way; keep the mug.",
      },
      {
        question: "How do I close my account?",
        answer: "Under Settings, Account, Close account. Your invoices stay available for a year.",
      },
    ],
  },
  {
    agent: "research-agent",
    model: "claude-sonnet-4-5",
    tools: ["web_search", "read_page", "take_note"],
    exchanges: [
      {
        question: "What changed in the new battery regulation?",
        answer: "Three things: labels, recycled content, and a passport for large batteries.",
      },
      {
        question: "When does the passport become mandatory?",
        answer: "For large batteries in 2027; the other duties come earlier.",
      },
      {
        question: "Summarise the sources you used.",
        answer: "Two official pages and one trade journal; all three agree on the dates.",
      },
    ],
  },
  {
    agent: "travel-planner",
    model: "gemini-3-pro",
    tools: ["search_trains", "search_hotels", "hold_booking"],
    exchanges: [
      {
        question: "A weekend in Porto in May, by train if possible.",
        answer: "From Lisbon it is three hours; I found two trains each way that fit.",
      },
      {
        question: "Somewhere quiet to stay, under 120 a night.",
        answer: "Two places near the river have rooms; the smaller one is quieter.",
      },
      {
        question: "Hold the quieter one for me.",
        answer: "Held until tomorrow evening; you will get the link by mail.",
      },
      {
        question: "Was ist, wenn es regnet?",
        answer: "Dann lohnen sich die Markthalle und das Museum; beide sind zu Fuß erreichbar.",
      },
    ],
  },
  {
    agent: "sql-analyst",
    model: "gpt-5.1-mini",
    tools: ["list_tables", "run_query"],
    exchanges: [
      {
        question: "How many customers came back last quarter?",
        answer: "31 % of those who bought in the quarter before: 4 812 of 15 523.",
      },
      {
        question: "Split that by country.",
        answer: "Spain leads with 38 %, then Portugal with 33 % and France with 27 %.",
      },
      {
        question: "Why is France behind?",
        answer: "Its first orders were smaller; with equal order value the gap all but closes.",
      },
    ],
  },
];
