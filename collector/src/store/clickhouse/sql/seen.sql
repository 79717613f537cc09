-- Who was there: visitors and sessions, and the sessions that look automated. A session that is there
-- through the window was also heard of within a day of it.
SELECT toNullable(uniqExactIf(visitor, excluded = 0)), toNullable(countIf(excluded = 0)),
       toNullable(countIf(excluded = 1))
FROM (
    SELECT session, argMin(visitor, received_at) AS visitor, max(excluded) AS excluded
    FROM batches
    WHERE site = (SELECT site FROM asked)
      AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
    GROUP BY session
    HAVING max(last_at) >= (SELECT from_at FROM asked) AND min(first_at) <= (SELECT to_at FROM asked))
