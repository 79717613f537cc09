-- Of every rule that chose by chance: how many visitors saw each variant, and with what chance.
SELECT e.slot, e.rule, e.variant, count(DISTINCT b.visitor), min(e.chance), max(e.chance)
FROM events e CROSS JOIN batches b USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND e.kind = 'x' AND e.chance IS NOT NULL
  AND e.slot IS NOT NULL AND e.rule IS NOT NULL AND e.variant IS NOT NULL
  AND e.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
