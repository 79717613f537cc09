-- Marks of which no batch came for so long that none will.
ALTER TABLE @erased@ DELETE
WHERE site = unhex('@site@') AND at < @marks@
