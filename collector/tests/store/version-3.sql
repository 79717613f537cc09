-- What a collector of version 3 of the schema wrote: four batches, as `.dump` prints them.
PRAGMA user_version = 3;
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
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
INSERT INTO "batches" VALUES(1,1,X'00000000000000000000000000000001',X'0000000000000000000000000000000B',X'00000000000000000000000000000015',7,0,1795367709842,1795367718854,1795367709842,1795367712342,178,0,4);
INSERT INTO "batches" VALUES(2,1,X'00000000000000000000000000000002',X'0000000000000000000000000000000B',X'00000000000000000000000000000015',7,1,1795367712842,1795367718866,1795367712842,1795367712872,188,0,4);
INSERT INTO "batches" VALUES(3,1,X'00000000000000000000000000000003',X'0000000000000000000000000000000C',X'00000000000000000000000000000016',7,0,1795367713842,1795367718874,1795367713842,1795367716042,195,0,4);
INSERT INTO "batches" VALUES(4,1,X'00000000000000000000000000000004',X'0000000000000000000000000000000D',X'00000000000000000000000000000017',7,0,1795367713842,1795367718882,1795367713842,1795367713847,151,0,2);
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
    ms      INTEGER, chance REAL, context TEXT,                     -- d
    PRIMARY KEY (batch, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO "events" VALUES(1,0,1795367709842,'p',NULL,NULL,NULL,NULL,NULL,NULL,'/boots','product','boot',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(1,1,1795367710742,'s',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,25,NULL,NULL,NULL);
INSERT INTO "events" VALUES(1,2,1795367711842,'x','hero','help','look',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0.5,NULL);
INSERT INTO "events" VALUES(1,3,1795367712342,'c','hero',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,2,0,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(2,0,1795367712842,'g',NULL,NULL,NULL,'purchase',NULL,80.5,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(2,2,1795367712862,'d','hero',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1200,NULL,NULL);
INSERT INTO "events" VALUES(2,3,1795367712872,'f',NULL,NULL,NULL,'size','42',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(3,0,1795367713842,'p',NULL,NULL,NULL,NULL,NULL,NULL,'/boots','product',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(3,1,1795367715842,'x','hero','help','look',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0.5,NULL);
INSERT INTO "events" VALUES(3,2,1795367715942,'l','hero','help','look',NULL,NULL,1.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0.5,'[0.0,1.0]');
INSERT INTO "events" VALUES(3,3,1795367716042,'z','hero',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(4,0,1795367713842,'p',NULL,NULL,NULL,NULL,NULL,NULL,'/boots','product',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(4,1,1795367713847,'c',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,3,NULL,NULL,NULL,NULL);
CREATE TABLE forecasts (
    batch     INTEGER NOT NULL REFERENCES batches ON DELETE CASCADE,
    at        INTEGER NOT NULL,
    head      TEXT NOT NULL,
    bin       INTEGER NOT NULL,          -- 0 to 9
    count     INTEGER NOT NULL,
    positives INTEGER NOT NULL,
    sum_milli INTEGER NOT NULL
) STRICT;
INSERT INTO "forecasts" VALUES(2,1795367712852,'commit',0,5,1,200);
INSERT INTO "forecasts" VALUES(2,1795367712852,'commit',3,2,1,700);
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
INSERT INTO "sessions" VALUES(1,X'00000000000000000000000000000015',X'0000000000000000000000000000000B',1795367709842,1795367712872,0,0);
INSERT INTO "sessions" VALUES(1,X'00000000000000000000000000000016',X'0000000000000000000000000000000C',1795367713842,1795367716042,0,0);
INSERT INTO "sessions" VALUES(1,X'00000000000000000000000000000017',X'0000000000000000000000000000000D',1795367713842,1795367713847,97,1);
CREATE TABLE sites (
    site     INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    key_hash BLOB NOT NULL               -- SHA-256 of the publishable key
) STRICT;
INSERT INTO "sites" VALUES(1,'demo',X'BFA4E7B441C615466A2970283D095C83FF744F3114FC4C62445793183A0E2B6E');
CREATE TABLE traces (
    batch INTEGER PRIMARY KEY REFERENCES batches ON DELETE CASCADE,
    trace BLOB NOT NULL
) STRICT;
CREATE INDEX batches_by_session ON batches (site, session);
CREATE INDEX batches_by_last ON batches (site, last_at);
CREATE INDEX batches_by_received ON batches (site, received_at);
CREATE INDEX events_by_time ON events (kind, at);
CREATE INDEX forecasts_by_time ON forecasts (at);
CREATE INDEX forecasts_by_batch ON forecasts (batch);
CREATE INDEX sessions_by_last ON sessions (site, last_at);
COMMIT;
