-- The 50 sessions that were seen last, machines included.
SELECT session, visitor, first_at, last_at, automation, excluded FROM sessions
WHERE site = (SELECT site FROM sites WHERE name = :site) AND last_at BETWEEN :from AND :to
ORDER BY last_at DESC, session LIMIT 50
