-- What interrupted whom, by day of UTC.
SELECT toNullable(visitor), toNullable(intDiv(events.at, 86400000)) AS on_day,
       toNullable(countIf(events.kind = 'x')), toNullable(countIf(events.kind = 'z'))
FROM batches FINAL ARRAY JOIN events
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND session GLOBAL NOT IN (
      SELECT session FROM batches
      WHERE site = (SELECT site FROM asked) AND excluded = 1
        AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
  AND (events.kind = 'x' AND events.variant != 'default' OR events.kind = 'z')
  AND events.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
GROUP BY visitor, on_day
ORDER BY visitor, on_day
