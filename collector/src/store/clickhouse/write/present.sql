-- Of the batches that arrive, those that are there.
SELECT DISTINCT toNullable(site), toNullable(id)
FROM batches
WHERE (site, far, day, visitor, session, id) GLOBAL IN (
    SELECT site, far, day, visitor, session, id FROM arriving)
