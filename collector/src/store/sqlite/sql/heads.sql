-- In how many sessions each head has judged forecasts.
SELECT f.head, count(DISTINCT b.session)
FROM forecasts f CROSS JOIN batches b USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND f.count > 0
  AND f.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
GROUP BY 1 ORDER BY 2 DESC, 1
