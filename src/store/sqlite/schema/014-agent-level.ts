/** Whether a span stands for a whole exchange, as its door says. */
export const AGENT_LEVEL = `
-- Null in rows from before there was the column: their operation's name tells (store/shared/older-spans.ts).
ALTER TABLE span ADD COLUMN agent_level INTEGER;
`;
