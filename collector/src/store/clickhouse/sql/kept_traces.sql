-- The streams of every batch, in the order of arrival.
SELECT toNullable(id), toNullable(lower(hex(trace)))
FROM batches FINAL
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND received_at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
  AND trace != ''
ORDER BY received_at, id
