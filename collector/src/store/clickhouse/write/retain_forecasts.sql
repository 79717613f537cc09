-- Forecasts that are older are cut out of each batch.
ALTER TABLE @batches@ UPDATE
    `forecasts.at` = arrayFilter((x, a) -> a >= @forecasts@, forecasts.at, forecasts.at),
    `forecasts.head` = arrayFilter((x, a) -> a >= @forecasts@, forecasts.head, forecasts.at),
    `forecasts.bin` = arrayFilter((x, a) -> a >= @forecasts@, forecasts.bin, forecasts.at),
    `forecasts.count` = arrayFilter((x, a) -> a >= @forecasts@, forecasts.count, forecasts.at),
    `forecasts.positives` = arrayFilter((x, a) -> a >= @forecasts@, forecasts.positives, forecasts.at),
    `forecasts.sum_milli` = arrayFilter((x, a) -> a >= @forecasts@, forecasts.sum_milli, forecasts.at)
WHERE site = unhex('@site@') AND arrayExists(a -> a < @forecasts@, forecasts.at)
