-- What became of bandits' choices. What names no slot, rule or variant teaches nothing.
SELECT events.slot, events.rule, events.variant, events.chance, events.value, toNullable(events.at),
       events.context, toNullable(visitor), toNullable(session)
FROM batches FINAL ARRAY JOIN events
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND session GLOBAL NOT IN (
      SELECT session FROM batches
      WHERE site = (SELECT site FROM asked) AND excluded = 1
        AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
  AND events.kind = 'l' AND events.slot IS NOT NULL AND events.rule IS NOT NULL
  AND events.variant IS NOT NULL
  AND events.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
ORDER BY events.slot, events.rule, events.at, events.variant, events.value NULLS FIRST,
         events.chance NULLS FIRST, events.context NULLS FIRST, visitor, session
