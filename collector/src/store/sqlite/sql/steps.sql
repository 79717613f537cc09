-- Where sessions went.
SELECT b.session, e.at, e.kind, CASE e.kind WHEN 'p' THEN coalesce(e.page, e.path, '') ELSE coalesce(e.name, '') END
FROM events e CROSS JOIN batches b USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND e.kind IN ('p', 'g') AND e.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
ORDER BY b.session, e.at, e.kind DESC, 4
