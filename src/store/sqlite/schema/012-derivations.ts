/** By which rules what follows from the rest was derived; what older rules made is derived again. */
export const DERIVATIONS = `
-- The numbers of the rules (model/base/rules-version.ts) that made what hangs on a row; 0 is anything before there were
-- numbers.
ALTER TABLE trace ADD COLUMN rules INTEGER NOT NULL DEFAULT 0;
ALTER TABLE thread ADD COLUMN rules INTEGER NOT NULL DEFAULT 0;

-- How far each part is brought to which rules: of its rows up to the last that was there, those after the one called
-- done may be of others. Last is null while what others made is still to be cleared; done is null when all is done.
CREATE TABLE derivation (
  part TEXT PRIMARY KEY,
  rules INTEGER NOT NULL,
  done INTEGER,
  last INTEGER
) WITHOUT ROWID;

-- Terms have been the same since there are any. The other parts begin when the file is opened.
INSERT INTO derivation VALUES ('terms', 1, NULL, NULL);
DROP TABLE backlog;
`;
