-- The bins of forecasts of every batch, in the order of arrival.
SELECT toNullable(id), toNullable(forecasts.at), toNullable(forecasts.head), toNullable(toUInt64(forecasts.bin)),
       toNullable(forecasts.count), toNullable(forecasts.positives), toNullable(forecasts.sum_milli)
FROM batches FINAL ARRAY JOIN forecasts, arrayEnumerate(forecasts.at) AS place
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND received_at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
ORDER BY received_at, id, place
