-- What each visitor was shown in the window.
SELECT toNullable(visitor), events.slot, events.rule, events.variant, events.chance,
       toNullable(min(events.at)) AS first, toNullable(count())
FROM batches FINAL ARRAY JOIN events
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND session GLOBAL NOT IN (
      SELECT session FROM batches
      WHERE site = (SELECT site FROM asked) AND excluded = 1
        AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
  AND events.kind = 'x' AND events.slot IS NOT NULL AND events.variant IS NOT NULL
  AND events.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
GROUP BY visitor, events.slot, events.rule, events.variant, events.chance
ORDER BY visitor, first, events.slot, events.variant, events.rule NULLS FIRST, events.chance NULLS FIRST
