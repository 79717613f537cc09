-- The streams of every batch, in the order of arrival.
SELECT b.id, lower(hex(t.trace))
FROM batches b CROSS JOIN traces t USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site) AND b.received_at BETWEEN :from AND :to
ORDER BY b.received_at, b.batch
