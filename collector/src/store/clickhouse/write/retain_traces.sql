-- Streams of batches whose last event is older.
ALTER TABLE @batches@ UPDATE trace = ''
WHERE site = unhex('@site@') AND trace != '' AND last_at < @traces@
