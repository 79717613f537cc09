-- The events of every batch, in the order of arrival.
SELECT b.id, e.ordinal, e.at, e.kind, e.slot, e.variant, e.rule, e.name, e.text, e.value, e.path, e.page,
       e.item, e.role, e.flags, e.percent, e.ms, e.chance, e.context
FROM batches b CROSS JOIN events e USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site) AND b.received_at BETWEEN :from AND :to
ORDER BY b.received_at, b.batch, e.ordinal
