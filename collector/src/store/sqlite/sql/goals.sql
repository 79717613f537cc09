-- Every goal that was reached: how often, by how many visitors.
SELECT e.name, count(*), count(DISTINCT b.visitor)
FROM events e CROSS JOIN batches b USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND e.kind = 'g' AND e.name IS NOT NULL
  AND e.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
GROUP BY 1 ORDER BY 1
