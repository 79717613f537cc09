-- Of the visitors whose batches arrive, those who were erased.
SELECT DISTINCT toNullable(site), toNullable(lower(hex(mark)))
FROM erased
WHERE (site, mark) GLOBAL IN (SELECT site, mark FROM arriving)
