-- Every goal of those who saw something, also before the window, as far back as the first text says.
SELECT toNullable(visitor), events.name, toNullable(events.at), events.value
FROM batches FINAL ARRAY JOIN events
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked) - toUInt64OrZero(arrayElement((SELECT text FROM asked), 1)), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND session GLOBAL NOT IN (
      SELECT session FROM batches
      WHERE site = (SELECT site FROM asked) AND excluded = 1
        AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked) - toUInt64OrZero(arrayElement((SELECT text FROM asked), 1)), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
  AND visitor GLOBAL IN (
      SELECT visitor FROM batches ARRAY JOIN events
      WHERE site = (SELECT site FROM asked)
        AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
        AND session GLOBAL NOT IN (
            SELECT session FROM batches
            WHERE site = (SELECT site FROM asked) AND excluded = 1
              AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
        AND events.kind = 'x' AND events.slot IS NOT NULL AND events.variant IS NOT NULL
        AND events.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked))
  AND events.kind = 'g' AND events.name IS NOT NULL
  AND events.at BETWEEN (SELECT from_at FROM asked) - toUInt64OrZero(arrayElement((SELECT text FROM asked), 1)) AND (SELECT to_at FROM asked)
ORDER BY visitor, events.at, events.name, events.value NULLS FIRST
