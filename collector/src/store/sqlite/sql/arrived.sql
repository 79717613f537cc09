-- What arrived, by the time of arrival.
SELECT count(*), coalesce(sum(b.bytes), 0)
FROM batches b
WHERE b.site = (SELECT site FROM sites WHERE name = :site)
  AND b.received_at BETWEEN :from AND :to
  AND NOT EXISTS (SELECT 1 FROM sessions v WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)
