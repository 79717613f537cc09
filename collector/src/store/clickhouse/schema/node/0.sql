-- Where versions are written down. What follows stands in files of their number, and is never changed
-- once it was released: a change is a new file. Every statement may be run again.
CREATE DATABASE IF NOT EXISTS @database@;

CREATE TABLE IF NOT EXISTS @database@.schema_versions (
    version UInt32,
    at      UInt64                       -- ms since 1970
) ENGINE = ReplacingMergeTree(at)
ORDER BY version;
