-- What a server keeps of reports: what was told of cameras, and what reviewers decided. There is no column for who sent
-- something or from where, and the day of receipt goes when a report is decided.
CREATE TABLE reports (
  id TEXT PRIMARY KEY CHECK (id GLOB 'rp/??????????'),
  body TEXT NOT NULL, -- canonical JSON of the report; empty once it is rejected
  day TEXT CHECK (day IS NULL OR day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'rejected', 'published')),
  CHECK ((day IS NULL) = (state <> 'waiting'))
) STRICT, WITHOUT ROWID;

-- The reports of a batch that is on its way into the camera file, and the hash of the file with them in it: after a kill
-- half-way it tells whether they are in, so that none counts twice.
CREATE TABLE batch (
  report TEXT PRIMARY KEY REFERENCES reports (id),
  sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Append-only: each hash is over the row and the hash before it, so that no decision can be changed, or dropped from
-- between others, unseen. A chain that is written anew whole is found only by a hash that was noted elsewhere.
CREATE TABLE decisions (
  seq INTEGER PRIMARY KEY,
  month TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('accept', 'reject', 'remove')),
  report TEXT NOT NULL,
  camera TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  reason TEXT NOT NULL,
  before TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END;
CREATE TRIGGER decisions_remain BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END;
