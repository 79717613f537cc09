-- Every head's bins by session.
SELECT f.head, b.session, f.bin, sum(f.count), sum(f.positives), sum(f.sum_milli)
FROM forecasts f CROSS JOIN batches b USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND f.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
