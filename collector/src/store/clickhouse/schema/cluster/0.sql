-- As for one node; on every node of the cluster, each with a copy.
CREATE DATABASE IF NOT EXISTS @database@ ON CLUSTER '@cluster@';

CREATE TABLE IF NOT EXISTS @database@.schema_versions ON CLUSTER '@cluster@' (
    version UInt32,
    at      UInt64                       -- ms since 1970
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/@database@/schema_versions', '{shard}-{replica}', at)
ORDER BY version;
