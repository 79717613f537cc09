-- What slots met on each page. A view may have begun up to a day before what happened in it; beside
-- min(), SQLite takes the other columns of the row that has it.
WITH pages AS (
    SELECT b.session, b.view, coalesce(e.page, e.path, '') AS page, min(e.at)
    FROM events e CROSS JOIN batches b USING (batch)
    WHERE b.site = (SELECT site FROM sites WHERE name = :site)
      AND e.kind = 'p' AND e.at BETWEEN :from - 86400000 AND :to
    GROUP BY b.session, b.view)
SELECT coalesce(p.page, ''), e.slot,
       count(*) FILTER (WHERE e.kind = 'x'),
       count(DISTINCT b.visitor) FILTER (WHERE e.kind = 'x'),
       coalesce(sum(e.ms) FILTER (WHERE e.kind = 'd'), 0),
       count(*) FILTER (WHERE e.kind = 'c'),
       count(*) FILTER (WHERE e.kind = 'c' AND e.flags & 1),
       count(*) FILTER (WHERE e.kind = 'c' AND e.flags & 2),
       count(*) FILTER (WHERE e.kind = 'z')
FROM events e CROSS JOIN batches b USING (batch)
LEFT JOIN pages p ON p.session = b.session AND p.view = b.view
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND e.kind IN ('x', 'd', 'c', 'z') AND e.slot IS NOT NULL
  AND e.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
GROUP BY 1, 2 ORDER BY 1, 2
