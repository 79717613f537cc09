-- Every head's bins by session.
SELECT toNullable(forecasts.head), toNullable(session), toNullable(toUInt64(forecasts.bin)),
       toNullable(sum(forecasts.count)), toNullable(sum(forecasts.positives)),
       toNullable(sum(forecasts.sum_milli))
FROM batches FINAL ARRAY JOIN forecasts
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND session GLOBAL NOT IN (
      SELECT session FROM batches
      WHERE site = (SELECT site FROM asked) AND excluded = 1
        AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
  AND forecasts.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
GROUP BY forecasts.head, session, forecasts.bin
ORDER BY forecasts.head, session, forecasts.bin
