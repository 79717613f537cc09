-- What became of bandits' choices. What names no slot, rule or variant teaches nothing.
SELECT e.slot, e.rule, e.variant, e.chance, e.value, e.at, e.context, b.visitor, b.session
FROM events e CROSS JOIN batches b USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND e.kind = 'l' AND e.slot IS NOT NULL AND e.rule IS NOT NULL AND e.variant IS NOT NULL
  AND e.at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
ORDER BY e.slot, e.rule, e.at, e.variant, e.value, e.chance, e.context, b.visitor, b.session
