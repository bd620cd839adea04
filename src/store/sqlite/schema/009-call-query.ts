/** What finds calls by their ops and by the refs in them. */
export const CALL_QUERY = `
CREATE INDEX call_by_op ON call (project, op_name, started_at) WHERE started_at IS NOT NULL;

-- The refs in the inputs (side 0) and the output (side 1) of calls.
CREATE TABLE call_ref (
  id INTEGER PRIMARY KEY,
  call INTEGER NOT NULL,
  project INTEGER NOT NULL,
  side INTEGER NOT NULL,
  ref TEXT NOT NULL
);
CREATE INDEX call_ref_by_call ON call_ref (call);
CREATE INDEX call_ref_by_ref ON call_ref (project, side, ref, call);
CREATE TRIGGER call_ref_goes AFTER DELETE ON call BEGIN
  DELETE FROM call_ref WHERE call = OLD.id;
END;

-- Documents that nest deeper than SQLite reads keep their refs to themselves.
INSERT INTO call_ref (call, project, side, ref)
SELECT DISTINCT call.id, call.project, half.side, found.value
FROM (
    SELECT call, 0 AS side, '$.inputs' AS place, start AS json FROM call_body
    UNION ALL SELECT call, 1, '$.output', "end" FROM call_body
  ) AS half
  JOIN call ON call.id = half.call
  JOIN json_tree(CASE WHEN json_valid(half.json) THEN half.json ELSE '{}' END, half.place) AS found
WHERE half.json LIKE '%weave:///%' AND found.type = 'text'
  AND found.value LIKE 'weave:///%' AND length(found.value) <= 1000;
UPDATE call_body
SET start_said = json_set(start_said, '$.refs',
      json((SELECT json_group_array(ref) FROM call_ref WHERE call_ref.call = call_body.call AND side = 0))),
    end_said = json_set(end_said, '$.refs',
      json((SELECT json_group_array(ref) FROM call_ref WHERE call_ref.call = call_body.call AND side = 1)))
WHERE call IN (SELECT call FROM call_ref);
`;
