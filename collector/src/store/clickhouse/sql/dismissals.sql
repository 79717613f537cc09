-- For each slot, how many visitors dismissed it.
SELECT events.slot, toNullable(uniqExact(visitor))
FROM batches FINAL ARRAY JOIN events
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND session GLOBAL NOT IN (
      SELECT session FROM batches
      WHERE site = (SELECT site FROM asked) AND excluded = 1
        AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
  AND events.kind = 'z' AND events.slot IS NOT NULL
  AND events.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
GROUP BY events.slot
ORDER BY events.slot
