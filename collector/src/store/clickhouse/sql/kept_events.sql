-- The events of every batch, in the order of arrival.
SELECT toNullable(id), toNullable(toUInt64(events.ordinal)), toNullable(events.at), toNullable(events.kind),
       events.slot, events.variant, events.rule, events.name, events.text, events.value, events.path,
       events.page, events.item, toUInt64(events.role), toUInt64(events.flags), toUInt64(events.percent),
       toUInt64(events.ms), events.chance, events.context
FROM batches FINAL ARRAY JOIN events
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND received_at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
ORDER BY received_at, id, events.ordinal
