-- What arrived, by the time of arrival. No event is older by more than a day where the page's clock is
-- believed, and else the last is as old as the arrival.
SELECT toNullable(count()), toNullable(sum(bytes))
FROM batches FINAL
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND received_at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
  AND session GLOBAL NOT IN (
      SELECT session FROM batches
      WHERE site = (SELECT site FROM asked) AND excluded = 1
        AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
