-- How often what happened in each of 60 equal parts of the window; its end belongs to the last.
SELECT min((e.at - :from) * 60 / max(:to - :from, 1), 59), e.kind, count(*)
FROM events e CROSS JOIN batches b USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND e.kind IN ('p', 'c', 'x', 'g')
  AND e.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
GROUP BY 1, 2 ORDER BY 1, 2
