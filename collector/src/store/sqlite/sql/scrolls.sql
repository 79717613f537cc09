-- How deep pages were scrolled; percent 0 has every view that began.
WITH pages AS (
    SELECT b.session, b.view, coalesce(e.page, e.path, '') AS page, min(e.at)
    FROM events e CROSS JOIN batches b USING (batch)
    WHERE b.site = (SELECT site FROM sites WHERE name = :site)
      AND e.kind = 'p' AND e.at BETWEEN :from - 86400000 AND :to
    GROUP BY b.session, b.view)
SELECT coalesce(p.page, ''), coalesce(e.percent, 0), count(DISTINCT hex(b.session) || b.view)
FROM events e CROSS JOIN batches b USING (batch)
LEFT JOIN pages p ON p.session = b.session AND p.view = b.view
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND e.kind IN ('p', 's') AND e.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
GROUP BY 1, 2 ORDER BY 1, 2
