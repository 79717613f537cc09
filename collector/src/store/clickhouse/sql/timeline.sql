-- How often what happened in each of 60 equal parts of the window; its end belongs to the last.
SELECT toNullable(toUInt64(least(intDiv((events.at - (SELECT from_at FROM asked)) * 60,
           greatest((SELECT to_at FROM asked) - (SELECT from_at FROM asked), 1)), 59))) AS part,
       toNullable(events.kind), toNullable(count())
FROM batches FINAL ARRAY JOIN events
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND session GLOBAL NOT IN (
      SELECT session FROM batches
      WHERE site = (SELECT site FROM asked) AND excluded = 1
        AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
  AND events.kind IN ('p', 'c', 'x', 'g')
  AND events.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
GROUP BY part, events.kind
ORDER BY part, events.kind
