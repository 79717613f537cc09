-- Every goal of those who saw something, up to :text0 ms before the window.
WITH exposed AS (
    SELECT DISTINCT b.visitor
    FROM events e CROSS JOIN batches b USING (batch)
    WHERE b.site = (SELECT site FROM sites WHERE name = :site)
      AND e.kind = 'x' AND e.slot IS NOT NULL AND e.variant IS NOT NULL
      AND e.at BETWEEN :from AND :to
      AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1))
SELECT b.visitor, e.name, e.at, e.value
FROM events e CROSS JOIN batches b USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND e.kind = 'g' AND e.name IS NOT NULL
  AND e.at BETWEEN :from - coalesce(CAST(:text0 AS INTEGER), 0) AND :to
  AND b.visitor IN (SELECT visitor FROM exposed)
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
ORDER BY b.visitor, e.at, e.name, e.value
