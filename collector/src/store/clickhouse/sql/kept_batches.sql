-- Every batch, in the order of arrival, with what its session was found to be.
SELECT toNullable(id), toNullable(visitor), toNullable(session), toNullable(toUInt64(view)),
       toNullable(toUInt64(sequence)), toNullable(base_ms), toNullable(received_at), toNullable(first_at),
       toNullable(last_at), toNullable(bytes), toNullable(toUInt64(dropped)), toNullable(toUInt64(told)),
       toNullable(toUInt64(most)), toNullable(toUInt64(left_out))
FROM (
    SELECT id, visitor, session, view, sequence, base_ms, received_at, first_at, last_at, bytes, dropped, told
    FROM batches FINAL
    WHERE site = (SELECT site FROM asked)
      AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
      AND received_at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)) AS kept
GLOBAL ANY LEFT JOIN (
    SELECT session, max(automation) AS most, max(excluded) AS left_out
    FROM batches
    WHERE site = (SELECT site FROM asked)
    GROUP BY session) AS sessions USING (session)
ORDER BY received_at, id
