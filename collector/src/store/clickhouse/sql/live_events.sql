-- What the sessions of `live` did, up to a day before.
SELECT toNullable(session), toNullable(events.kind),
       if(events.kind = 'p', events.path, if(events.kind = 'g', events.name, NULL)) AS label,
       toNullable(count()), toNullable(min(events.at)), toNullable(max(events.at))
FROM batches FINAL ARRAY JOIN events
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND session GLOBAL IN (
      SELECT session
      FROM batches
      WHERE site = (SELECT site FROM asked)
        AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
      GROUP BY session
      HAVING max(last_at) BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
      ORDER BY max(last_at) DESC, session
      LIMIT 50)
  AND events.kind IN ('p', 'c', 'x', 'g')
GROUP BY session, events.kind, label
ORDER BY session, events.kind, label NULLS FIRST
