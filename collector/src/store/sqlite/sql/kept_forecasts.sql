-- The bins of forecasts of every batch, in the order of arrival.
SELECT b.id, f.at, f.head, f.bin, f.count, f.positives, f.sum_milli
FROM batches b CROSS JOIN forecasts f USING (batch)
WHERE b.site = (SELECT site FROM sites WHERE name = :site) AND b.received_at BETWEEN :from AND :to
ORDER BY b.received_at, b.batch, f.rowid
