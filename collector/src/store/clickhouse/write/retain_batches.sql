-- Batches of which nothing is to be kept.
ALTER TABLE @batches@ DELETE
WHERE site = unhex('@site@') AND last_at < @sessions@
