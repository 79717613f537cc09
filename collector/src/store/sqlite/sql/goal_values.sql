-- How often each goal was reached with each worth. Real numbers are added up by whoever asks, in this
-- order, so that the sum is the same to the bit wherever the rows come from.
SELECT e.name, e.value, count(*)
FROM events e CROSS JOIN batches b USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND e.kind = 'g' AND e.name IS NOT NULL AND e.value IS NOT NULL
  AND e.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
GROUP BY 1, 2 ORDER BY 1, 2
