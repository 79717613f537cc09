-- Version 2: one row a session, so that one that looks automated can be kept apart as a whole,
-- also what it sent before it was recognised.

CREATE TABLE sessions (
    site       INTEGER NOT NULL REFERENCES sites,
    session    BLOB NOT NULL,
    visitor    BLOB NOT NULL,            -- of its first batch
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    automation INTEGER NOT NULL,         -- 0 to 100, the highest any batch told
    excluded   INTEGER NOT NULL,         -- 1: the page kept it out of learning; no statistics count it
    PRIMARY KEY (site, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_last ON sessions (site, last_at);

INSERT INTO sessions (site, session, visitor, first_at, last_at, automation, excluded)
SELECT site, session, min(visitor), min(first_at), max(last_at), 0, 0 FROM batches GROUP BY site, session;
