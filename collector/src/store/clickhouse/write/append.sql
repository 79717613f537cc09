INSERT INTO batches (
    site, far, day, visitor, session, id, view, sequence, base_ms, received_at, first_at, last_at, bytes,
    dropped, automation, excluded, told, trace,
    events.ordinal, events.at, events.kind, events.slot, events.variant, events.rule, events.name,
    events.text, events.value, events.path, events.page, events.item, events.role, events.flags,
    events.percent, events.ms, events.chance, events.context,
    forecasts.at, forecasts.head, forecasts.bin, forecasts.count, forecasts.positives, forecasts.sum_milli,
    earliness)
FORMAT RowBinary
