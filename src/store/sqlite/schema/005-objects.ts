/** What clients publish: files, objects and tables, by digest; and an order for feedback. */
export const OBJECTS = `
CREATE TABLE file (
  id INTEGER PRIMARY KEY,
  project INTEGER NOT NULL,
  digest TEXT NOT NULL
);
CREATE UNIQUE INDEX file_by_key ON file (project, digest);

CREATE TABLE file_piece (
  id INTEGER PRIMARY KEY,
  file INTEGER NOT NULL,
  position INTEGER NOT NULL,
  bytes BLOB NOT NULL
);
CREATE UNIQUE INDEX file_piece_by_key ON file_piece (file, position);

-- The values of objects and of the rows of tables, once for each project.
CREATE TABLE document (
  id INTEGER PRIMARY KEY,
  project INTEGER NOT NULL,
  digest TEXT NOT NULL,
  json TEXT NOT NULL
);
CREATE UNIQUE INDEX document_by_key ON document (project, digest);

CREATE TABLE object_version (
  id INTEGER PRIMARY KEY,
  project INTEGER NOT NULL,
  object_id TEXT NOT NULL,
  version_index INTEGER NOT NULL,
  document INTEGER NOT NULL,
  is_latest INTEGER NOT NULL,
  is_op INTEGER NOT NULL,
  base_object_class TEXT,
  leaf_object_class TEXT,
  user_id TEXT,
  created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX object_version_by_key ON object_version (project, object_id, version_index);
CREATE UNIQUE INDEX object_version_by_document ON object_version (project, object_id, document);
CREATE INDEX object_version_by_created_at ON object_version (project, created_at, object_id, version_index);
CREATE INDEX latest_object ON object_version (project, object_id) WHERE is_latest = 1;

CREATE TABLE data_table (
  id INTEGER PRIMARY KEY,
  project INTEGER NOT NULL,
  digest TEXT NOT NULL,
  row_count INTEGER NOT NULL
);
CREATE UNIQUE INDEX data_table_by_key ON data_table (project, digest);

CREATE TABLE data_table_row (
  data_table INTEGER NOT NULL,
  position INTEGER NOT NULL,
  document INTEGER NOT NULL,
  PRIMARY KEY (data_table, position)
) WITHOUT ROWID;

CREATE INDEX feedback_by_created_at ON feedback (project, created_at, feedback_id);
`;
