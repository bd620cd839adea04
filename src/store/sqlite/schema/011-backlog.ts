/** What is missing in rows that were written before steps of the schema which SQL cannot fill: code works it out. */
export const BACKLOG = `
-- Of the rows of a kind, up to the last that was there, those after the one called done may lack something.
CREATE TABLE backlog (
  kind TEXT PRIMARY KEY,
  done INTEGER NOT NULL,
  last INTEGER NOT NULL
);

-- What their spans tell, and the summaries of their turns.
INSERT INTO backlog SELECT 'traces', 0, id FROM trace ORDER BY id DESC LIMIT 1;
-- The messages of their states.
INSERT INTO backlog SELECT 'states', 0, id FROM thread WHERE head IS NOT NULL ORDER BY id DESC LIMIT 1;
`;
