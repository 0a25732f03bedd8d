-- What a sync writes most of costs least. The genres and studios of an anime stand in its row, as JSON arrays of MAL's ids:
-- a row of its own for each pair cost more than all else that a first sync wrote. The pairs are views now.
ALTER TABLE anime ADD COLUMN mal_genre_ids TEXT NOT NULL DEFAULT '[]';
ALTER TABLE anime ADD COLUMN mal_studio_ids TEXT NOT NULL DEFAULT '[]';
UPDATE anime SET
    mal_genre_ids = (SELECT json_group_array(genre_id) FROM (SELECT genre_id FROM mal_anime_genres WHERE anime_id = anime.id ORDER BY genre_id)),
    mal_studio_ids = (SELECT json_group_array(studio_id) FROM (SELECT studio_id FROM mal_anime_studios WHERE anime_id = anime.id ORDER BY studio_id));
DROP TABLE mal_anime_genres;
DROP TABLE mal_anime_studios;
CREATE VIEW mal_anime_genres AS
    SELECT a.id AS anime_id, given.value AS genre_id FROM anime a, json_each(a.mal_genre_ids) AS given;
CREATE VIEW mal_anime_studios AS
    SELECT a.id AS anime_id, given.value AS studio_id FROM anime a, json_each(a.mal_studio_ids) AS given;
