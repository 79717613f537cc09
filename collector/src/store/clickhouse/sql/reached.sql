-- How many visitors reached a goal after they first saw a variant: where the last time of the one is
-- later than the first time of the other.
SELECT toNullable(slot), toNullable(variant), toNullable(name), toNullable(count())
FROM (
    SELECT visitor, assumeNotNull(events.slot) AS slot, assumeNotNull(events.variant) AS variant,
           min(events.at) AS first
    FROM batches FINAL ARRAY JOIN events
    WHERE site = (SELECT site FROM asked)
      AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
      AND session GLOBAL NOT IN (
          SELECT session FROM batches
          WHERE site = (SELECT site FROM asked) AND excluded = 1
            AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
      AND events.kind = 'x' AND events.slot IS NOT NULL AND events.variant IS NOT NULL
      AND events.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
    GROUP BY visitor, slot, variant) AS exposed
GLOBAL ALL INNER JOIN (
    SELECT visitor, assumeNotNull(events.name) AS name, max(events.at) AS last
    FROM batches FINAL ARRAY JOIN events
    WHERE site = (SELECT site FROM asked)
      AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 1 AND intDiv((SELECT to_at FROM asked), 86400000) + 2)
      AND session GLOBAL NOT IN (
          SELECT session FROM batches
          WHERE site = (SELECT site FROM asked) AND excluded = 1
            AND (far = 1 OR day BETWEEN intDiv((SELECT from_at FROM asked), 86400000) - 2 AND intDiv((SELECT to_at FROM asked), 86400000) + 2 + 1))
      AND events.kind = 'g' AND events.name IS NOT NULL
      AND events.at BETWEEN (SELECT from_at FROM asked) AND (SELECT to_at FROM asked)
    GROUP BY visitor, name) AS reached USING (visitor)
WHERE last > first
GROUP BY slot, variant, name
ORDER BY slot, variant, name
