-- Every batch, in the order of arrival.
SELECT b.id, b.visitor, b.session, b.view, b.sequence, b.base_ms, b.received_at, b.first_at, b.last_at,
       b.bytes, b.dropped, b.events, coalesce(v.automation, 0), coalesce(v.excluded, 0)
FROM batches b LEFT JOIN sessions v USING (site, session)
WHERE b.site = (SELECT site FROM sites WHERE name = :site) AND b.received_at BETWEEN :from AND :to
ORDER BY b.received_at, b.batch
