-- Visitors who were erased: what their pages still send is turned away. The digest is SHA-256 of the
-- id's 32 hex digits; the id itself stands nowhere.
CREATE TABLE erased (
    site    INTEGER NOT NULL REFERENCES sites,
    digest  BLOB NOT NULL,
    at      INTEGER NOT NULL,            -- when it was asked for, last
    seen_at INTEGER NOT NULL,            -- when a batch was last turned away, or `at`
    refused INTEGER NOT NULL,            -- batches turned away
    stage   INTEGER NOT NULL,            -- 0 asked for, 1 rows are gone, 2 copies in pages of the file too
    PRIMARY KEY (site, digest)
) STRICT, WITHOUT ROWID;
