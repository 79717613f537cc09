-- Everything kept of the visitor whose hex digits are the first text. ClickHouse 18.16 makes no JSON:
-- what JSON has signs for is cut out of a text and written as they are; an empty pair is left out.
SELECT toNullable(kept), toNullable(at), toNullable(json)
FROM (
    SELECT 'batches' AS kept, first_at AS at, concat('{', arrayStringConcat(
           arrayMap(p -> concat('"', p.1, '":', p.2), arrayFilter(p -> p.2 != '', [
           ('batch', concat('"', lower(hex(id)), '"')),
           ('session', concat('"', lower(hex(session)), '"')),
           ('view', toString(view)),
           ('sequence', toString(sequence)),
           ('baseMs', toString(base_ms)),
           ('receivedAt', toString(received_at)),
           ('firstAt', toString(first_at)),
           ('lastAt', toString(last_at)),
           ('bytes', toString(bytes)),
           ('dropped', toString(dropped)),
           ('events', toString(told))])), ','), '}') AS json
    FROM batches FINAL
    WHERE site = (SELECT site FROM asked) AND visitor = unhex(arrayElement((SELECT text FROM asked), 1))
    UNION ALL
    SELECT 'events' AS kept, events.at AS at, concat('{', arrayStringConcat(
           arrayMap(p -> concat('"', p.1, '":', p.2), arrayFilter(p -> p.2 != '', [
           ('batch', concat('"', lower(hex(id)), '"')),
           ('session', concat('"', lower(hex(session)), '"')),
           ('at', toString(events.at)),
           ('kind', concat('"', events.kind, '"')),
           ('slot', if(isNull(events.slot), '', concat('"', arrayStringConcat(arrayMap(c -> if(c < ' ', concat('\\u00', hex(c)), if(c IN ('"', '\\'), concat('\\', c), c)), extractAll(assumeNotNull(events.slot), '(?s)[\\x00-\\x1f"\\\\]|[^\\x00-\\x1f"\\\\]+'))), '"'))),
           ('variant', if(isNull(events.variant), '', concat('"', arrayStringConcat(arrayMap(c -> if(c < ' ', concat('\\u00', hex(c)), if(c IN ('"', '\\'), concat('\\', c), c)), extractAll(assumeNotNull(events.variant), '(?s)[\\x00-\\x1f"\\\\]|[^\\x00-\\x1f"\\\\]+'))), '"'))),
           ('rule', if(isNull(events.rule), '', concat('"', arrayStringConcat(arrayMap(c -> if(c < ' ', concat('\\u00', hex(c)), if(c IN ('"', '\\'), concat('\\', c), c)), extractAll(assumeNotNull(events.rule), '(?s)[\\x00-\\x1f"\\\\]|[^\\x00-\\x1f"\\\\]+'))), '"'))),
           ('name', if(isNull(events.name), '', concat('"', arrayStringConcat(arrayMap(c -> if(c < ' ', concat('\\u00', hex(c)), if(c IN ('"', '\\'), concat('\\', c), c)), extractAll(assumeNotNull(events.name), '(?s)[\\x00-\\x1f"\\\\]|[^\\x00-\\x1f"\\\\]+'))), '"'))),
           ('text', if(isNull(events.text), '', concat('"', arrayStringConcat(arrayMap(c -> if(c < ' ', concat('\\u00', hex(c)), if(c IN ('"', '\\'), concat('\\', c), c)), extractAll(assumeNotNull(events.text), '(?s)[\\x00-\\x1f"\\\\]|[^\\x00-\\x1f"\\\\]+'))), '"'))),
           ('value', ifNull(toString(events.value), '')),
           ('path', if(isNull(events.path), '', concat('"', arrayStringConcat(arrayMap(c -> if(c < ' ', concat('\\u00', hex(c)), if(c IN ('"', '\\'), concat('\\', c), c)), extractAll(assumeNotNull(events.path), '(?s)[\\x00-\\x1f"\\\\]|[^\\x00-\\x1f"\\\\]+'))), '"'))),
           ('page', if(isNull(events.page), '', concat('"', arrayStringConcat(arrayMap(c -> if(c < ' ', concat('\\u00', hex(c)), if(c IN ('"', '\\'), concat('\\', c), c)), extractAll(assumeNotNull(events.page), '(?s)[\\x00-\\x1f"\\\\]|[^\\x00-\\x1f"\\\\]+'))), '"'))),
           ('item', if(isNull(events.item), '', concat('"', arrayStringConcat(arrayMap(c -> if(c < ' ', concat('\\u00', hex(c)), if(c IN ('"', '\\'), concat('\\', c), c)), extractAll(assumeNotNull(events.item), '(?s)[\\x00-\\x1f"\\\\]|[^\\x00-\\x1f"\\\\]+'))), '"'))),
           ('role', ifNull(toString(events.role), '')),
           ('flags', ifNull(toString(events.flags), '')),
           ('percent', ifNull(toString(events.percent), '')),
           ('ms', ifNull(toString(events.ms), '')),
           ('chance', ifNull(toString(events.chance), '')),
           ('context', if(isNull(events.context), '', concat('"', arrayStringConcat(arrayMap(c -> if(c < ' ', concat('\\u00', hex(c)), if(c IN ('"', '\\'), concat('\\', c), c)), extractAll(assumeNotNull(events.context), '(?s)[\\x00-\\x1f"\\\\]|[^\\x00-\\x1f"\\\\]+'))), '"')))])), ','), '}') AS json
    FROM batches FINAL ARRAY JOIN events
    WHERE site = (SELECT site FROM asked) AND visitor = unhex(arrayElement((SELECT text FROM asked), 1))
    UNION ALL
    SELECT 'forecasts' AS kept, forecasts.at AS at, concat('{', arrayStringConcat(
           arrayMap(p -> concat('"', p.1, '":', p.2), arrayFilter(p -> p.2 != '', [
           ('batch', concat('"', lower(hex(id)), '"')),
           ('session', concat('"', lower(hex(session)), '"')),
           ('at', toString(forecasts.at)),
           ('head', concat('"', arrayStringConcat(arrayMap(c -> if(c < ' ', concat('\\u00', hex(c)), if(c IN ('"', '\\'), concat('\\', c), c)), extractAll(forecasts.head, '(?s)[\\x00-\\x1f"\\\\]|[^\\x00-\\x1f"\\\\]+'))), '"')),
           ('bin', toString(forecasts.bin)),
           ('count', toString(forecasts.count)),
           ('positives', toString(forecasts.positives)),
           ('sumMilli', toString(forecasts.sum_milli))])), ','), '}') AS json
    FROM batches FINAL ARRAY JOIN forecasts
    WHERE site = (SELECT site FROM asked) AND visitor = unhex(arrayElement((SELECT text FROM asked), 1))
    UNION ALL
    SELECT 'sessions' AS kept, min_at AS at, concat('{', arrayStringConcat(
           arrayMap(p -> concat('"', p.1, '":', p.2), arrayFilter(p -> p.2 != '', [
           ('session', concat('"', lower(hex(session)), '"')),
           ('firstAt', toString(min_at)),
           ('lastAt', toString(max_at)),
           ('automation', toString(most)),
           ('excluded', toString(out))])), ','), '}') AS json
    FROM (
        SELECT session, min(first_at) AS min_at, max(last_at) AS max_at, max(automation) AS most,
               max(excluded) AS out
        FROM batches
        WHERE site = (SELECT site FROM asked) AND visitor = unhex(arrayElement((SELECT text FROM asked), 1))
        GROUP BY session)
    UNION ALL
    SELECT 'traces' AS kept, first_at AS at, concat('{', arrayStringConcat(
           arrayMap(p -> concat('"', p.1, '":', p.2), arrayFilter(p -> p.2 != '', [
           ('batch', concat('"', lower(hex(id)), '"')),
           ('trace', concat('"', lower(hex(trace)), '"'))])), ','), '}') AS json
    FROM batches FINAL
    WHERE site = (SELECT site FROM asked) AND visitor = unhex(arrayElement((SELECT text FROM asked), 1)) AND trace != '')
ORDER BY at, kept, json
