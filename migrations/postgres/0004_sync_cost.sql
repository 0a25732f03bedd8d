-- What a sync writes most of costs least. The genres and studios of an anime stand in its row, as JSON arrays of MAL's ids:
-- a row of its own for each pair cost more than all else that a first sync wrote. The pairs are views now.
ALTER TABLE anime
    ADD COLUMN IF NOT EXISTS mal_genre_ids JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN IF NOT EXISTS mal_studio_ids JSONB NOT NULL DEFAULT '[]';
UPDATE anime a SET
    mal_genre_ids = coalesce((SELECT jsonb_agg(genre_id ORDER BY genre_id) FROM mal_anime_genres x WHERE x.anime_id = a.id), '[]'),
    mal_studio_ids = coalesce((SELECT jsonb_agg(studio_id ORDER BY studio_id) FROM mal_anime_studios x WHERE x.anime_id = a.id), '[]')
WHERE a.id IN (SELECT anime_id FROM mal_anime_genres UNION SELECT anime_id FROM mal_anime_studios);
DROP TABLE mal_anime_genres;
DROP TABLE mal_anime_studios;
CREATE VIEW mal_anime_genres AS
    SELECT a.id AS anime_id, given.id::integer AS genre_id
    FROM anime a CROSS JOIN LATERAL jsonb_array_elements_text(a.mal_genre_ids) AS given(id);
CREATE VIEW mal_anime_studios AS
    SELECT a.id AS anime_id, given.id::integer AS studio_id
    FROM anime a CROSS JOIN LATERAL jsonb_array_elements_text(a.mal_studio_ids) AS given(id);

-- A change goes with its run, and the run with its user: to look for the user too, row by row, adds nothing.
ALTER TABLE sync_changes DROP CONSTRAINT IF EXISTS sync_changes_user_id_fkey;
