-- Version 1, one node. A batch is one row with its events in it, so that it is there whole or not at
-- all: ClickHouse keeps a row of one insert, but not the rows of two together.
--
-- Copies of a batch have one sorting key, whenever they came, so FINAL reads them as one and merges
-- leave the one that came first. Hence `day` is of the page's own clock. What happened near it is
-- found by it: within a day before and two after. `far` has the others, whose clock is more than a
-- day off (or that came that late); they are few, in a partition of their own, and always read.
--
-- Days and ms are whole numbers, so that nothing hangs on a server's time zone.
CREATE TABLE IF NOT EXISTS @database@.batches (
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
) ENGINE = ReplacingMergeTree(earliness)
PARTITION BY if(far = 1, 0, intDiv(day, 30))
ORDER BY (site, far, day, visitor, session, id);

-- Visitors who were erased: the batches that their pages still send are not taken.
CREATE TABLE IF NOT EXISTS @database@.erased (
    site   String,
    mark   FixedString(32),              -- SHA-256 of the visitor's hex digits
    at     UInt64
) ENGINE = ReplacingMergeTree(at)
ORDER BY (site, mark);
