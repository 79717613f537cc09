-- The collector's own file, version 1. Times are ms since 1970.

-- Versions of a site's config. A row never changes.
CREATE TABLE versions (
    site       TEXT NOT NULL,
    version    INTEGER NOT NULL,         -- 1, 2, 3 … within the site; 0 is the file of --config
    digest     TEXT NOT NULL,            -- the first 8 hex digits of the SHA-256
    created_at INTEGER NOT NULL,
    note       TEXT NOT NULL,
    json       BLOB NOT NULL,
    PRIMARY KEY (site, version)
) STRICT;

-- What was served to all, in order: the last step is in service, and a roll-back takes it away.
CREATE TABLE served (
    step    INTEGER PRIMARY KEY AUTOINCREMENT,
    site    TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX served_by_site ON served (site, step);

-- The version that is being rolled out, and to how many buckets of a hundred.
CREATE TABLE staged (
    site    TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    percent INTEGER NOT NULL             -- 1 to 99
) STRICT;

-- Batches of which webhooks have something to tell, as they came, until the store has them.
CREATE TABLE intents (
    site        TEXT NOT NULL,
    batch       BLOB NOT NULL,           -- 16 bytes
    visitor     BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    owner       INTEGER NOT NULL,        -- the run of the collector that is storing it; 0: nobody
    body        BLOB NOT NULL,           -- MessagePack, as on the wire
    PRIMARY KEY (site, batch)
) STRICT;
CREATE INDEX intents_by_time ON intents (received_at);

-- Batches whose news are queued: one that comes again says nothing new.
CREATE TABLE told_batches (
    site  TEXT NOT NULL,
    batch BLOB NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (site, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_batches_by_time ON told_batches (at);

-- Sessions of which a hook was told an intent.
CREATE TABLE told_intents (
    site    TEXT NOT NULL,
    session BLOB NOT NULL,
    head    TEXT NOT NULL,
    hook    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (site, session, head, hook)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_intents_by_time ON told_intents (at);

-- What is to be delivered, and what was given up.
CREATE TABLE deliveries (
    id         TEXT PRIMARY KEY,
    site       TEXT NOT NULL,
    hook       TEXT NOT NULL,            -- digest of site and address; the secret is in the settings alone
    url        TEXT NOT NULL,            -- for whoever reads the dead-letter list
    visitor    BLOB NOT NULL,
    body       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_at    INTEGER NOT NULL,         -- also how long one that is under way is nobody else's
    last_at    INTEGER,
    error      TEXT,
    dead       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX deliveries_due ON deliveries (dead, hook, next_at);
CREATE INDEX deliveries_by_visitor ON deliveries (site, visitor);
