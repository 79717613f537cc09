-- Everything of visitors who were erased. By their marks: an id would stand in the server's logs.
ALTER TABLE @batches@ DELETE
WHERE (site, SHA256(lower(hex(visitor)))) IN (SELECT site, mark FROM @database@.erased)
