-- What interrupted whom, by day of UTC.
SELECT b.visitor, e.at / 86400000, count(*) FILTER (WHERE e.kind = 'x'), count(*) FILTER (WHERE e.kind = 'z')
FROM events e CROSS JOIN batches b USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND (e.kind = 'x' AND e.variant <> 'default' OR e.kind = 'z')
  AND e.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
GROUP BY 1, 2 ORDER BY 1, 2
