-- Where sessions went.
SELECT toNullable(session), toNullable(events.at), toNullable(events.kind),
       toNullable(if(events.kind = 'p', coalesce(events.page, events.path, ''), coalesce(events.name, ''))) AS label
FROM batches FINAL ARRAY JOIN events
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND session GLOBAL NOT IN (
      SELECT session FROM batches
      WHERE site = (SELECT site FROM asked) AND excluded = 1
        AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
  AND events.kind IN ('p', 'g')
  AND events.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
ORDER BY session, events.at, events.kind DESC, label
