-- What is kept of the visitor whose hex digits are the first text: rows of each table.
SELECT toNullable(count()), toNullable(sum(arrayCount(k -> k != 'l', events.kind))),
       toNullable(sum(arrayCount(k -> k = 'l', events.kind))), toNullable(sum(length(forecasts.at))),
       toNullable(countIf(trace != '')), toNullable(uniqExact(session))
FROM batches FINAL
WHERE site = (SELECT site FROM asked) AND visitor = unhex(arrayElement((SELECT text FROM asked), 1))
