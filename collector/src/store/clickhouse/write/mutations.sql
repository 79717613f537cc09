-- What is not carried out yet.
SELECT toNullable(toUInt64(count())) FROM system.mutations
WHERE database = currentDatabase() AND is_done = 0
