-- How many visitors reached a goal after they first saw a variant: where the last time of the one is
-- later than the first time of the other.
WITH exposed AS (
    SELECT e.slot, e.variant, b.visitor, min(e.at) AS first
    FROM events e CROSS JOIN batches b USING (batch)
    WHERE b.site = (SELECT site FROM sites WHERE name = :site)
      AND e.kind = 'x' AND e.slot IS NOT NULL AND e.variant IS NOT NULL
      AND e.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
    GROUP BY 1, 2, 3),
reached AS MATERIALIZED (
    SELECT b.visitor, e.name, max(e.at) AS last
    FROM events e CROSS JOIN batches b USING (batch)
    WHERE b.site = (SELECT site FROM sites WHERE name = :site)
      AND e.kind = 'g' AND e.name IS NOT NULL
      AND e.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
    GROUP BY 1, 2)
SELECT slot, variant, name, count(*)
FROM exposed JOIN reached USING (visitor)
WHERE last > first
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
