-- Who was there: visitors and sessions, and the sessions that look automated.
SELECT count(DISTINCT visitor) FILTER (WHERE NOT excluded),
       count(*) FILTER (WHERE NOT excluded), count(*) FILTER (WHERE excluded)
FROM sessions
WHERE site = (SELECT site FROM sites WHERE name = :site) AND last_at >= :from AND first_at <= :to
