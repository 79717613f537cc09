-- What slots met on each page. A view may have begun up to a day before what happened in it.
SELECT toNullable(page), toNullable(slot), toNullable(countIf(kind = 'x')),
       toNullable(uniqExactIf(visitor, kind = 'x')), toNullable(sumIf(ms, kind = 'd')),
       toNullable(countIf(kind = 'c')), toNullable(countIf(kind = 'c' AND bitAnd(flags, 1) = 1)),
       toNullable(countIf(kind = 'c' AND bitAnd(flags, 2) = 2)), toNullable(countIf(kind = 'z'))
FROM (
    SELECT visitor, session, view, events.kind AS kind, assumeNotNull(events.slot) AS slot,
           toUInt64(ifNull(events.ms, 0)) AS ms, ifNull(events.flags, 0) AS flags
    FROM batches FINAL ARRAY JOIN events
    WHERE site = (SELECT site FROM asked)
      AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
      AND session GLOBAL NOT IN (
          SELECT session FROM batches
          WHERE site = (SELECT site FROM asked) AND excluded = 1
            AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
      AND events.kind IN ('x', 'd', 'c', 'z') AND events.slot IS NOT NULL
      AND events.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)) AS happened
GLOBAL ANY LEFT JOIN (
    SELECT session, view, argMin(coalesce(events.page, events.path, ''), events.at) AS page
    FROM batches ARRAY JOIN events
    WHERE site = (SELECT site FROM asked)
      AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
      AND events.kind = 'p'
      AND events.at BETWEEN (SELECT from_at FROM asked) - 86400000 AND (SELECT to_at FROM asked)
    GROUP BY session, view) AS pages USING (session, view)
GROUP BY page, slot
ORDER BY page, slot
