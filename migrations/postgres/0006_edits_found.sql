-- Entries that do not say, letter for letter, what MAL last said of them: few, and looked for by every incremental sync, whatever
-- the size of the list. The condition is the one that malsync asks by (src/store/entries.rs). An application that has given these
-- columns types of which an index can know nothing goes without: the search reads the whole list then.
DO $$
BEGIN
    CREATE INDEX IF NOT EXISTS user_anime_lists_apart ON user_anime_lists (user_id)
    WHERE mal_entry IS NOT NULL AND removed_at IS NULL AND (CAST(coalesce(mal_entry->>'status', '') AS TEXT) = CAST(status AS TEXT)
    AND CAST(coalesce(mal_entry->>'score', '0') AS TEXT) = CAST(coalesce(score, 0) AS TEXT)
    AND CAST(coalesce(mal_entry->>'num_episodes_watched', '0') AS TEXT) = CAST(coalesce(episodes_watched, 0) AS TEXT)
    AND episodes_watched IS NOT NULL
    AND CAST(coalesce(mal_entry->>'start_date', '') AS TEXT) = CAST(coalesce(substr(lpad(CAST(extract(year FROM start_date) AS TEXT), 4, '0') || '-' || lpad(CAST(extract(month FROM start_date) AS TEXT), 2, '0') || '-' || lpad(CAST(extract(day FROM start_date) AS TEXT), 2, '0'), 1, CASE start_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END), '') AS TEXT)
    AND CAST(coalesce(mal_entry->>'finish_date', '') AS TEXT) = CAST(coalesce(substr(lpad(CAST(extract(year FROM finish_date) AS TEXT), 4, '0') || '-' || lpad(CAST(extract(month FROM finish_date) AS TEXT), 2, '0') || '-' || lpad(CAST(extract(day FROM finish_date) AS TEXT), 2, '0'), 1, CASE finish_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END), '') AS TEXT)
    AND CASE WHEN strpos(coalesce(mal_entry->>'comments', ''), '&') > 0 THEN NOT strpos(replace(replace(replace(replace(replace(coalesce(mal_entry->>'comments', ''), '&#039;', ' '), '&quot;', ' '), '&lt;', ' '), '&gt;', ' '), '&amp;', ' '), '&') > 0 AND replace(replace(replace(replace(replace(coalesce(mal_entry->>'comments', ''), '&#039;', ''''), '&quot;', '"'), '&lt;', '<'), '&gt;', '>'), '&amp;', '&') = coalesce(notes, '') ELSE coalesce(mal_entry->>'comments', '') = coalesce(notes, '') END
    AND CAST(coalesce(mal_entry->>'is_rewatching', 'false') AS TEXT) = CAST(is_rewatching AS TEXT)
    AND CAST(coalesce(mal_entry->>'num_times_rewatched', '0') AS TEXT) = CAST(coalesce(times_rewatched, 0) AS TEXT)
    AND CAST(coalesce(mal_entry->>'rewatch_value', '0') AS TEXT) = CAST(coalesce(rewatch_value, 0) AS TEXT)
    AND CAST(coalesce(mal_entry->>'priority', '0') AS TEXT) = CAST(coalesce(priority, 0) AS TEXT)
    AND coalesce(mal_entry->'tags', '[]') = tags) IS NOT TRUE;
EXCEPTION WHEN invalid_object_definition OR undefined_function OR datatype_mismatch THEN
    RAISE NOTICE 'no index user_anime_lists_apart: %', SQLERRM;
END
$$;
