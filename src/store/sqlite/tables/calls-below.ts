/**
 * Begins a statement: `below (call_id)` are the ids in the JSON `$callIds`, and if `$below` is 1 those of all calls of
 * `$project` below them, whether they have come themselves or not.
 */
export const CALLS_BELOW = `WITH RECURSIVE below (call_id) AS (
  SELECT value FROM json_each($callIds)
  UNION
  SELECT child.call_id FROM below JOIN call AS child INDEXED BY call_by_parent
    ON child.project = $project AND child.parent_id = below.call_id AND child.parent_id IS NOT NULL
  WHERE $below = 1
)`;
