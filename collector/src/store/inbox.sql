-- Version 5: batches as they came, acknowledged and not yet digested into the tables above. A row
-- goes in the transaction that makes it rows of `batches`, `events`, `forecasts` and `sessions`.

CREATE TABLE inbox (
    place       INTEGER PRIMARY KEY,     -- in the order of arrival
    site        INTEGER NOT NULL REFERENCES sites,
    id          BLOB NOT NULL,           -- of the batch: once here or in `batches`, kept so by the writer
    received_at INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,        -- on the wire
    body        BLOB NOT NULL,           -- MessagePack, checked
    fault       TEXT                     -- why it could not be digested; tried again at the next start
) STRICT;
