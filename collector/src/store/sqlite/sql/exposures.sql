-- What each visitor was shown in the window.
SELECT b.visitor, e.slot, e.rule, e.variant, e.chance, min(e.at), count(*)
FROM events e CROSS JOIN batches b USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND e.kind = 'x' AND e.slot IS NOT NULL AND e.variant IS NOT NULL
  AND e.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
GROUP BY b.visitor, e.slot, e.rule, e.variant, e.chance
ORDER BY b.visitor, 6, e.slot, e.variant, e.rule, e.chance
