-- Whose a value is: `kept_values` has the values that differ from MAL's and that the user did not write, by column.
-- `rewatch_episodes` is MAL's count of episodes while an entry is being rewatched.
ALTER TABLE user_anime_lists ADD COLUMN rewatch_episodes INTEGER;
ALTER TABLE user_anime_lists ADD COLUMN kept_values TEXT;

ALTER TABLE sync_runs ADD COLUMN user_lists_settled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sync_runs ADD COLUMN pushed_entries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sync_runs ADD COLUMN pushed_fields BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sync_runs ADD COLUMN push_conflicts BIGINT NOT NULL DEFAULT 0;

-- `mal_list_gap` is the difference between MAL's count and the stored entries that a full sync found and did not confirm;
-- `mal_missing_entries` are the entries that the database refused.
ALTER TABLE users ADD COLUMN mal_list_gap INTEGER;
ALTER TABLE users ADD COLUMN mal_missing_entries TEXT;

-- Entries whose row does not equal, letter for letter, what MAL last sent of them: few, and searched by every incremental
-- sync. malsync searches with the same condition (src/store/entries.rs). MAL's line breaks and entities are decoded in it.
DROP INDEX IF EXISTS user_anime_lists_apart;
CREATE INDEX IF NOT EXISTS user_anime_lists_apart ON user_anime_lists (user_id)
WHERE mal_entry IS NOT NULL AND removed_at IS NULL AND (CASE WHEN json_valid(mal_entry) AND json_valid(tags) THEN
    CAST(coalesce(json_extract(mal_entry, '$.status'), '') AS TEXT) = CAST(status AS TEXT)
    AND CAST(coalesce(json_extract(mal_entry, '$.score'), '0') AS TEXT) = CAST(coalesce(score, 0) AS TEXT)
    AND episodes_watched IS NOT NULL
    AND CASE WHEN CAST(coalesce(json_extract(mal_entry, '$.is_rewatching'), 'false') AS TEXT) IN ('true', '1') THEN CAST(coalesce(json_extract(mal_entry, '$.num_episodes_watched'), '0') AS TEXT) = CAST(rewatch_episodes AS TEXT) ELSE CAST(coalesce(json_extract(mal_entry, '$.num_episodes_watched'), '0') AS TEXT) = CAST(coalesce(episodes_watched, 0) AS TEXT) AND rewatch_episodes IS NULL END
    AND CAST(coalesce(json_extract(mal_entry, '$.start_date'), '') AS TEXT) = CAST(coalesce(substr(CAST(start_date AS TEXT), 1, CASE start_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END), '') AS TEXT)
    AND CAST(coalesce(json_extract(mal_entry, '$.finish_date'), '') AS TEXT) = CAST(coalesce(substr(CAST(finish_date AS TEXT), 1, CASE finish_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END), '') AS TEXT)
    AND CASE WHEN instr(replace(coalesce(json_extract(mal_entry, '$.comments'), ''), '<br />' || char(13, 10), char(10)), '&') > 0 THEN NOT instr(replace(replace(replace(replace(replace(replace(coalesce(json_extract(mal_entry, '$.comments'), ''), '<br />' || char(13, 10), char(10)), '&#039;', ' '), '&quot;', ' '), '&lt;', ' '), '&gt;', ' '), '&amp;', ' '), '&') > 0 AND replace(replace(replace(replace(replace(replace(coalesce(json_extract(mal_entry, '$.comments'), ''), '<br />' || char(13, 10), char(10)), '&#039;', ''''), '&quot;', '"'), '&lt;', '<'), '&gt;', '>'), '&amp;', '&') = coalesce(notes, '') ELSE replace(coalesce(json_extract(mal_entry, '$.comments'), ''), '<br />' || char(13, 10), char(10)) = coalesce(notes, '') END
    AND CAST(coalesce(json_extract(mal_entry, '$.is_rewatching'), '0') AS TEXT) = CAST(is_rewatching AS TEXT)
    AND CAST(coalesce(json_extract(mal_entry, '$.num_times_rewatched'), '0') AS TEXT) = CAST(coalesce(times_rewatched, 0) AS TEXT)
    AND CAST(coalesce(json_extract(mal_entry, '$.rewatch_value'), '0') AS TEXT) = CAST(coalesce(rewatch_value, 0) AS TEXT)
    AND CAST(coalesce(json_extract(mal_entry, '$.priority'), '0') AS TEXT) = CAST(coalesce(priority, 0) AS TEXT)
    AND coalesce(json_extract(mal_entry, '$.tags'), '[]') = json(tags) END) IS NOT TRUE;
