-- Version 1. A change is a new file and a new entry of MIGRATIONS in migrate.rs; this one stays.
-- Times are ms since 1970 on the collector's clock unless a column says otherwise.

CREATE TABLE sites (
    site     INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    key_hash BLOB NOT NULL               -- SHA-256 of the publishable key
) STRICT;

CREATE TABLE batches (
    batch       INTEGER PRIMARY KEY,
    site        INTEGER NOT NULL REFERENCES sites,
    id          BLOB NOT NULL,           -- 16 bytes, drawn by the page
    visitor     BLOB NOT NULL,
    session     BLOB NOT NULL,
    view        INTEGER NOT NULL,
    sequence    INTEGER NOT NULL,        -- 0, 1, 2 … within the view; a gap is a lost batch
    base_ms     INTEGER NOT NULL,        -- by the visitor's clock, as it was sent
    received_at INTEGER NOT NULL,
    first_at    INTEGER NOT NULL,        -- of its events, after the clamp
    last_at     INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    dropped     INTEGER NOT NULL,        -- events the page had to drop
    events      INTEGER NOT NULL,
    UNIQUE (site, id)                    -- within the site: no other site can take an id away
) STRICT;
CREATE INDEX batches_by_session ON batches (site, session);
CREATE INDEX batches_by_last ON batches (site, last_at);
CREATE INDEX batches_by_received ON batches (site, received_at);

-- One row for each event but forecasts. `kind` is the wire's letter:
-- p page, c click, s scroll, d dwell, f fact, g goal, x exposure.
CREATE TABLE events (
    batch   INTEGER NOT NULL REFERENCES batches ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,            -- place within the batch
    at      INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    slot    TEXT,                        -- c, d, x
    variant TEXT,                        -- x
    rule    TEXT,                        -- x
    name    TEXT,                        -- f, g
    text    TEXT,                        -- f: the value
    value   REAL,                        -- g: the worth
    path    TEXT,                        -- p
    page    TEXT,                        -- p: the page's kind
    item    TEXT,                        -- p
    role    INTEGER,                     -- c
    flags   INTEGER,                     -- c
    percent INTEGER,                     -- s
    ms      INTEGER,                     -- d
    PRIMARY KEY (batch, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_time ON events (kind, at);

-- Forecasts that met their outcome, binned by the page.
CREATE TABLE forecasts (
    batch     INTEGER NOT NULL REFERENCES batches ON DELETE CASCADE,
    at        INTEGER NOT NULL,
    head      TEXT NOT NULL,
    bin       INTEGER NOT NULL,          -- 0 to 9
    count     INTEGER NOT NULL,
    positives INTEGER NOT NULL,
    sum_milli INTEGER NOT NULL
) STRICT;
CREATE INDEX forecasts_by_time ON forecasts (at);
CREATE INDEX forecasts_by_batch ON forecasts (batch);

-- Level `trace` only: the stream as it came, see src/stream.rs of the core.
CREATE TABLE traces (
    batch INTEGER PRIMARY KEY REFERENCES batches ON DELETE CASCADE,
    trace BLOB NOT NULL
) STRICT;
