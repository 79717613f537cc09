-- What is older than the texts say, in ms since 1970: events, lessons, forecasts, traces, sessions.
SELECT toNullable(countIf(last_at < toUInt64OrZero(arrayElement((SELECT text FROM asked), 5)))),
       toNullable(sum(arrayCount((k, a) -> k != 'l' AND a < toUInt64OrZero(arrayElement((SELECT text FROM asked), 1)), events.kind, events.at))),
       toNullable(sum(arrayCount((k, a) -> k = 'l' AND a < toUInt64OrZero(arrayElement((SELECT text FROM asked), 2)), events.kind, events.at))),
       toNullable(sum(arrayCount(a -> a < toUInt64OrZero(arrayElement((SELECT text FROM asked), 3)), forecasts.at))),
       toNullable(countIf(trace != '' AND last_at < toUInt64OrZero(arrayElement((SELECT text FROM asked), 4)))),
       toNullable(uniqExactIf(session, last_at < toUInt64OrZero(arrayElement((SELECT text FROM asked), 5))))
FROM batches FINAL
WHERE site = (SELECT site FROM asked) AND first_at < greatest(greatest(toUInt64OrZero(arrayElement((SELECT text FROM asked), 1)), toUInt64OrZero(arrayElement((SELECT text FROM asked), 2))), greatest(toUInt64OrZero(arrayElement((SELECT text FROM asked), 3)), greatest(toUInt64OrZero(arrayElement((SELECT text FROM asked), 4)), toUInt64OrZero(arrayElement((SELECT text FROM asked), 5)))))
