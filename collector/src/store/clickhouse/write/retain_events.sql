-- What is older is cut out of each batch, lessons by a time of their own.
ALTER TABLE @batches@ UPDATE
    `events.ordinal` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.ordinal, events.kind, events.at),
    `events.at` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.at, events.kind, events.at),
    `events.kind` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.kind, events.kind, events.at),
    `events.slot` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.slot, events.kind, events.at),
    `events.variant` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.variant, events.kind, events.at),
    `events.rule` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.rule, events.kind, events.at),
    `events.name` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.name, events.kind, events.at),
    `events.text` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.text, events.kind, events.at),
    `events.value` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.value, events.kind, events.at),
    `events.path` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.path, events.kind, events.at),
    `events.page` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.page, events.kind, events.at),
    `events.item` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.item, events.kind, events.at),
    `events.role` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.role, events.kind, events.at),
    `events.flags` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.flags, events.kind, events.at),
    `events.percent` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.percent, events.kind, events.at),
    `events.ms` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.ms, events.kind, events.at),
    `events.chance` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.chance, events.kind, events.at),
    `events.context` = arrayFilter((x, k, a) -> (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.context, events.kind, events.at)
WHERE site = unhex('@site@')
  AND arrayExists((k, a) -> NOT (k = 'l' AND a >= @lessons@ OR k != 'l' AND a >= @events@), events.kind, events.at)
