-- Batches that are there although their visitor was erased: an erasure that was cut off.
SELECT toNullable(count())
FROM batches
WHERE site = (SELECT site FROM asked)
  AND SHA256(lower(hex(visitor))) GLOBAL IN (
      SELECT mark FROM erased WHERE site = (SELECT site FROM asked))
