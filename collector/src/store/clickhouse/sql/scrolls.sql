-- How deep pages were scrolled; percent 0 has every view that began.
SELECT toNullable(page), toNullable(toUInt64(percent)), toNullable(uniqExact(session, view))
FROM (
    SELECT session, view, ifNull(events.percent, 0) AS percent
    FROM batches FINAL ARRAY JOIN events
    WHERE site = (SELECT site FROM asked)
      AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
      AND session GLOBAL NOT IN (
          SELECT session FROM batches
          WHERE site = (SELECT site FROM asked) AND excluded = 1
            AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
      AND events.kind IN ('p', 's')
      AND events.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)) AS happened
GLOBAL ANY LEFT JOIN (
    SELECT session, view, argMin(coalesce(events.page, events.path, ''), events.at) AS page
    FROM batches ARRAY JOIN events
    WHERE site = (SELECT site FROM asked)
      AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
      AND events.kind = 'p'
      AND events.at BETWEEN (SELECT from_at FROM asked) - 86400000 AND (SELECT to_at FROM asked)
    GROUP BY session, view) AS pages USING (session, view)
GROUP BY page, percent
ORDER BY page, percent
