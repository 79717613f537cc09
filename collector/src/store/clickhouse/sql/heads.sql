-- In how many sessions each head has judged forecasts.
SELECT toNullable(forecasts.head), toNullable(uniqExact(session)) AS sessions
FROM batches FINAL ARRAY JOIN forecasts
WHERE site = (SELECT site FROM asked)
  AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
  AND session GLOBAL NOT IN (
      SELECT session FROM batches
      WHERE site = (SELECT site FROM asked) AND excluded = 1
        AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
  AND forecasts.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
  AND forecasts.count > 0
GROUP BY forecasts.head
ORDER BY sessions DESC, forecasts.head
