-- The 50 sessions that were seen last, machines included.
SELECT toNullable(session), toNullable(argMin(visitor, received_at)), toNullable(min(first_at)),
       toNullable(max(last_at)), toNullable(toUInt64(max(automation))), toNullable(toUInt64(max(excluded)))
FROM batches
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
GROUP BY session
HAVING max(last_at) BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
ORDER BY max(last_at) DESC, session
LIMIT 50
