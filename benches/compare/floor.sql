-- Stores the rows of the floor: every column of `anime` and `user_anime_lists` that malsync fills but `rewatch_episodes`, with one COPY and one upsert
-- per table.
SET client_min_messages = warning;
SET timezone = 'UTC';
BEGIN;
CREATE TEMP TABLE page (body jsonb) ON COMMIT DROP;
\copy page FROM pstdin WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')

INSERT INTO anime (
    mal_id, title, title_english, title_japanese, synopsis, episodes, status, score, rank, popularity,
    aired_from, aired_from_precision, aired_to, aired_to_precision, image_url, media_type, nsfw, synonyms,
    start_season_year, start_season, source, rating, average_episode_duration, broadcast_day, broadcast_time,
    num_list_users, num_scoring_users, metadata_created_at, metadata_updated_at, mal_genre_ids, mal_studio_ids
)
SELECT
    id, title, nullif(alternative_titles->>'en', ''), nullif(alternative_titles->>'ja', ''), nullif(synopsis, ''),
    nullif(num_episodes, 0), status, mean, rank, popularity,
    substr(start_date || '-01-01', 1, 10)::date,
    CASE length(start_date) WHEN 4 THEN 'year' WHEN 7 THEN 'month' WHEN 10 THEN 'day' END,
    substr(end_date || '-01-01', 1, 10)::date,
    CASE length(end_date) WHEN 4 THEN 'year' WHEN 7 THEN 'month' WHEN 10 THEN 'day' END,
    coalesce(main_picture->>'large', main_picture->>'medium'), media_type, nsfw,
    coalesce(alternative_titles->'synonyms', '[]'),
    (start_season->>'year')::integer, start_season->>'season', nullif(source, ''), nullif(rating, ''),
    nullif(average_episode_duration, 0), broadcast->>'day_of_the_week', broadcast->>'start_time',
    num_list_users, num_scoring_users, created_at AT TIME ZONE 'UTC', updated_at AT TIME ZONE 'UTC',
    jsonb_path_query_array(coalesce(genres, '[]'), '$[*].id'), jsonb_path_query_array(coalesce(studios, '[]'), '$[*].id')
FROM page
CROSS JOIN LATERAL jsonb_to_recordset(body->'data') AS entry (node jsonb)
CROSS JOIN LATERAL jsonb_to_record(node) AS n (
    id integer, title text, alternative_titles jsonb, synopsis text, num_episodes integer, status text, mean numeric,
    rank integer, popularity integer, start_date text, end_date text, main_picture jsonb, media_type text, nsfw text,
    start_season jsonb, source text, rating text, average_episode_duration integer, broadcast jsonb,
    num_list_users integer, num_scoring_users integer, created_at timestamptz, updated_at timestamptz,
    genres jsonb, studios jsonb
)
ON CONFLICT (mal_id) DO UPDATE SET
    (title, title_english, title_japanese, synopsis, episodes, status, score, rank, popularity,
    aired_from, aired_from_precision, aired_to, aired_to_precision, image_url, media_type, nsfw, synonyms,
    start_season_year, start_season, source, rating, average_episode_duration, broadcast_day, broadcast_time,
    num_list_users, num_scoring_users, metadata_created_at, metadata_updated_at, mal_genre_ids, mal_studio_ids, updated_at)
    = (excluded.title, excluded.title_english, excluded.title_japanese, excluded.synopsis, excluded.episodes,
    excluded.status, excluded.score, excluded.rank, excluded.popularity, excluded.aired_from,
    excluded.aired_from_precision, excluded.aired_to, excluded.aired_to_precision, excluded.image_url,
    excluded.media_type, excluded.nsfw, excluded.synonyms, excluded.start_season_year, excluded.start_season,
    excluded.source, excluded.rating, excluded.average_episode_duration, excluded.broadcast_day,
    excluded.broadcast_time, excluded.num_list_users, excluded.num_scoring_users, excluded.metadata_created_at,
    excluded.metadata_updated_at, excluded.mal_genre_ids, excluded.mal_studio_ids, now());

INSERT INTO user_anime_lists (
    user_id, anime_id, status, score, episodes_watched, start_date, start_date_precision, finish_date,
    finish_date_precision, notes, is_rewatching, times_rewatched, rewatch_value, priority, tags, mal_entry, mal_updated_at
)
SELECT
    (SELECT id FROM users), anime.id, s.status, nullif(s.score, 0), coalesce(num_episodes_watched, 0),
    substr(s.start_date || '-01-01', 1, 10)::date,
    CASE length(s.start_date) WHEN 4 THEN 'year' WHEN 7 THEN 'month' WHEN 10 THEN 'day' END,
    substr(s.finish_date || '-01-01', 1, 10)::date,
    CASE length(s.finish_date) WHEN 4 THEN 'year' WHEN 7 THEN 'month' WHEN 10 THEN 'day' END,
    nullif(s.comments, ''), coalesce(s.is_rewatching, false), coalesce(num_times_rewatched, 0),
    coalesce(s.rewatch_value, 0), coalesce(s.priority, 0), coalesce(s.tags, '[]'), entry.list_status,
    s.updated_at AT TIME ZONE 'UTC'
FROM page
CROSS JOIN LATERAL jsonb_to_recordset(body->'data') AS entry (node jsonb, list_status jsonb)
CROSS JOIN LATERAL jsonb_to_record(list_status) AS s (
    status text, score integer, num_episodes_watched integer, start_date text, finish_date text, comments text,
    is_rewatching boolean, num_times_rewatched integer, rewatch_value integer, priority integer, tags jsonb,
    updated_at timestamptz
)
JOIN anime ON anime.mal_id = (node->>'id')::integer
ON CONFLICT (user_id, anime_id) DO UPDATE SET
    (status, score, episodes_watched, start_date, start_date_precision, finish_date, finish_date_precision, notes,
    is_rewatching, times_rewatched, rewatch_value, priority, tags, mal_entry, mal_updated_at, updated_at)
    = (excluded.status, excluded.score, excluded.episodes_watched, excluded.start_date, excluded.start_date_precision,
    excluded.finish_date, excluded.finish_date_precision, excluded.notes, excluded.is_rewatching,
    excluded.times_rewatched, excluded.rewatch_value, excluded.priority, excluded.tags, excluded.mal_entry,
    excluded.mal_updated_at, now());
COMMIT;
