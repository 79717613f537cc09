-- Version 1, a cluster: the tables of one node (see there) replicated within each shard under the name
-- …_local, and over them what reads and writes all shards. A visitor's batches are on one shard, so
-- copies of a batch meet, and what joins a visitor's events finds them in one place.
CREATE TABLE IF NOT EXISTS @database@.batches_local ON CLUSTER '@cluster@' (
    site        String,
    far         UInt8,                   -- 1: base_ms is more than a day off, or the batch that long
    day         UInt32,                  -- days since 1970 of base_ms
    visitor     FixedString(16),
    session     FixedString(16),
    id          FixedString(16),         -- drawn by the page
    view        UInt32,
    sequence    UInt32,                  -- 0, 1, 2 … within the view; a gap is a lost batch
    base_ms     UInt64,                  -- by the visitor's clock, as it was sent
    received_at UInt64,                  -- this and all times below by the collector's clock
    first_at    UInt64,                  -- of its events, after the clamp
    last_at     UInt64,
    bytes       UInt64,
    dropped     UInt32,                  -- events the page had to drop
    automation  UInt8,                   -- 0 to 100
    excluded    UInt8,                   -- 1: the page kept it out of learning
    told        UInt32,                  -- events of any kind, forecasts too
    trace       String,                  -- level `trace` only: the stream as it came
    events Nested (
        ordinal UInt32,
        at      UInt64,
        kind    String,
        slot    Nullable(String),
        variant Nullable(String),
        rule    Nullable(String),
        name    Nullable(String),
        text    Nullable(String),
        value   Nullable(Float64),
        path    Nullable(String),
        page    Nullable(String),
        item    Nullable(String),
        role    Nullable(UInt8),
        flags   Nullable(UInt8),
        percent Nullable(UInt8),
        ms      Nullable(UInt32),
        chance  Nullable(Float64),
        context Nullable(String)
    ),
    forecasts Nested (
        at        UInt64,
        head      String,
        bin       UInt8,
        count     UInt64,
        positives UInt64,
        sum_milli UInt64
    ),
    earliness   UInt64                   -- 2^64 - 1 - received_at: of copies the greatest stays
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/@database@/batches', '{replica}', earliness)
PARTITION BY if(far = 1, 0, intDiv(day, 30))
ORDER BY (site, far, day, visitor, session, id);

CREATE TABLE IF NOT EXISTS @database@.batches ON CLUSTER '@cluster@' AS @database@.batches_local
ENGINE = Distributed('@cluster@', '@database@', 'batches_local', sipHash64(visitor));

-- Visitors who were erased: the batches that their pages still send are not taken.
CREATE TABLE IF NOT EXISTS @database@.erased_local ON CLUSTER '@cluster@' (
    site   String,
    mark   FixedString(32),              -- SHA-256 of the visitor's hex digits
    at     UInt64
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/@database@/erased', '{replica}', at)
ORDER BY (site, mark);

CREATE TABLE IF NOT EXISTS @database@.erased ON CLUSTER '@cluster@' AS @database@.erased_local
ENGINE = Distributed('@cluster@', '@database@', 'erased_local', sipHash64(mark));
