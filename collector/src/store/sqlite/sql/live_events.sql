-- What the sessions of `live` did in all their time.
WITH live AS (
    SELECT session FROM sessions
    WHERE site = (SELECT site FROM sites WHERE name = :site) AND last_at BETWEEN :from AND :to
    ORDER BY last_at DESC, session LIMIT 50)
SELECT b.session, e.kind, CASE e.kind WHEN 'p' THEN e.path WHEN 'g' THEN e.name END AS label,
       count(*), min(e.at), max(e.at)
FROM live CROSS JOIN batches b USING (session) CROSS JOIN events e USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND e.kind IN ('p', 'c', 'x', 'g')
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
