-- Entries that do not say, letter for letter, what MAL last said of them: few, and looked for by every incremental sync, whatever
-- the size of the list. The condition is the one that malsync asks by (src/store/entries.rs).
CREATE INDEX IF NOT EXISTS user_anime_lists_apart ON user_anime_lists (user_id)
WHERE mal_entry IS NOT NULL AND removed_at IS NULL AND (CASE WHEN json_valid(mal_entry) AND json_valid(tags) THEN
    CAST(coalesce(json_extract(mal_entry, '$.status'), '') AS TEXT) = CAST(status AS TEXT)
    AND CAST(coalesce(json_extract(mal_entry, '$.score'), '0') AS TEXT) = CAST(coalesce(score, 0) AS TEXT)
    AND CAST(coalesce(json_extract(mal_entry, '$.num_episodes_watched'), '0') AS TEXT) = CAST(coalesce(episodes_watched, 0) AS TEXT)
    AND episodes_watched IS NOT NULL
    AND CAST(coalesce(json_extract(mal_entry, '$.start_date'), '') AS TEXT) = CAST(coalesce(substr(CAST(start_date AS TEXT), 1, CASE start_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END), '') AS TEXT)
    AND CAST(coalesce(json_extract(mal_entry, '$.finish_date'), '') AS TEXT) = CAST(coalesce(substr(CAST(finish_date AS TEXT), 1, CASE finish_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END), '') AS TEXT)
    AND CASE WHEN instr(coalesce(json_extract(mal_entry, '$.comments'), ''), '&') > 0 THEN NOT instr(replace(replace(replace(replace(replace(coalesce(json_extract(mal_entry, '$.comments'), ''), '&#039;', ' '), '&quot;', ' '), '&lt;', ' '), '&gt;', ' '), '&amp;', ' '), '&') > 0 AND replace(replace(replace(replace(replace(coalesce(json_extract(mal_entry, '$.comments'), ''), '&#039;', ''''), '&quot;', '"'), '&lt;', '<'), '&gt;', '>'), '&amp;', '&') = coalesce(notes, '') ELSE coalesce(json_extract(mal_entry, '$.comments'), '') = coalesce(notes, '') END
    AND CAST(coalesce(json_extract(mal_entry, '$.is_rewatching'), '0') AS TEXT) = CAST(is_rewatching AS TEXT)
    AND CAST(coalesce(json_extract(mal_entry, '$.num_times_rewatched'), '0') AS TEXT) = CAST(coalesce(times_rewatched, 0) AS TEXT)
    AND CAST(coalesce(json_extract(mal_entry, '$.rewatch_value'), '0') AS TEXT) = CAST(coalesce(rewatch_value, 0) AS TEXT)
    AND CAST(coalesce(json_extract(mal_entry, '$.priority'), '0') AS TEXT) = CAST(coalesce(priority, 0) AS TEXT)
    AND coalesce(json_extract(mal_entry, '$.tags'), '[]') = json(tags) END) IS NOT TRUE;
