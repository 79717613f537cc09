-- How often each goal was reached with each worth. Real numbers are added up by whoever asks, in this
-- order, so that the sum is the same to the bit wherever the rows come from.
SELECT events.name, events.value, toNullable(count())
FROM batches FINAL ARRAY JOIN events
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND session GLOBAL NOT IN (
      SELECT session FROM batches
      WHERE site = (SELECT site FROM asked) AND excluded = 1
        AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
  AND events.kind = 'g' AND events.name IS NOT NULL AND events.value IS NOT NULL
  AND events.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
GROUP BY events.name, events.value
ORDER BY events.name, events.value
