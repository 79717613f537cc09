-- Everything kept of the visitor whose hex digits are :text0. json_patch leaves out what is null.
WITH mine AS (
    SELECT b.* FROM batches b
    WHERE b.site = (SELECT site FROM sites WHERE name = :site) AND b.visitor = unhex(:text0))
SELECT 'batches', first_at, json_object(
           'batch', lower(hex(id)), 'session', lower(hex(session)), 'view', view, 'sequence', sequence,
           'baseMs', base_ms, 'receivedAt', received_at, 'firstAt', first_at, 'lastAt', last_at,
           'bytes', bytes, 'dropped', dropped, 'events', events)
FROM mine
UNION ALL
SELECT 'events', e.at, json_patch('{}', json_object(
           'batch', lower(hex(m.id)), 'session', lower(hex(m.session)), 'at', e.at, 'kind', e.kind,
           'slot', e.slot, 'variant', e.variant, 'rule', e.rule, 'name', e.name, 'text', e.text,
           'value', e.value, 'path', e.path, 'page', e.page, 'item', e.item, 'role', e.role,
           'flags', e.flags, 'percent', e.percent, 'ms', e.ms, 'chance', e.chance,
           'context', e.context))
FROM mine m CROSS JOIN events e USING (batch)
UNION ALL
SELECT 'forecasts', f.at, json_object(
           'batch', lower(hex(m.id)), 'session', lower(hex(m.session)), 'at', f.at, 'head', f.head,
           'bin', f.bin, 'count', f.count, 'positives', f.positives, 'sumMilli', f.sum_milli)
FROM mine m CROSS JOIN forecasts f USING (batch)
UNION ALL
SELECT 'sessions', s.first_at, json_object(
           'session', lower(hex(s.session)), 'firstAt', s.first_at, 'lastAt', s.last_at,
           'automation', s.automation, 'excluded', s.excluded)
FROM sessions s
WHERE s.site = (SELECT site FROM sites WHERE name = :site) AND s.visitor = unhex(:text0)
UNION ALL
SELECT 'traces', m.first_at, json_object('batch', lower(hex(m.id)), 'trace', lower(hex(t.trace)))
FROM mine m CROSS JOIN traces t USING (batch)
ORDER BY 2, 1, 3
