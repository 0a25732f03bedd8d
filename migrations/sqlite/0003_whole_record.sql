-- Every field that MAL's list endpoint gives of an anime.
ALTER TABLE anime ADD COLUMN synonyms TEXT NOT NULL DEFAULT '[]';
ALTER TABLE anime ADD COLUMN start_season_year INTEGER;
ALTER TABLE anime ADD COLUMN start_season TEXT;
ALTER TABLE anime ADD COLUMN source TEXT;
ALTER TABLE anime ADD COLUMN rating TEXT;
ALTER TABLE anime ADD COLUMN average_episode_duration INTEGER;
ALTER TABLE anime ADD COLUMN broadcast_day TEXT;
ALTER TABLE anime ADD COLUMN broadcast_time TEXT;
ALTER TABLE anime ADD COLUMN num_list_users INTEGER;
ALTER TABLE anime ADD COLUMN num_scoring_users INTEGER;
ALTER TABLE anime ADD COLUMN metadata_created_at TIMESTAMP;
ALTER TABLE anime ADD COLUMN metadata_updated_at TIMESTAMP;

-- Genres and studios by MAL's ids. The prefix keeps out of the way of tables that an application has already.
CREATE TABLE IF NOT EXISTS mal_genres (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS mal_studios (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS mal_anime_genres (
    anime_id INTEGER NOT NULL REFERENCES anime(id) ON DELETE CASCADE,
    genre_id INTEGER NOT NULL REFERENCES mal_genres(id) ON DELETE CASCADE,
    PRIMARY KEY (anime_id, genre_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mal_anime_genres_by_genre ON mal_anime_genres (genre_id, anime_id);
CREATE TABLE IF NOT EXISTS mal_anime_studios (
    anime_id INTEGER NOT NULL REFERENCES anime(id) ON DELETE CASCADE,
    studio_id INTEGER NOT NULL REFERENCES mal_studios(id) ON DELETE CASCADE,
    PRIMARY KEY (anime_id, studio_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mal_anime_studios_by_studio ON mal_anime_studios (studio_id, anime_id);

-- The columns of the entry that no sync touches.
ALTER TABLE user_anime_lists ADD COLUMN pinned TEXT NOT NULL DEFAULT '[]';

-- One row per field that was changed here: by `edit`, `restore`, `import`, `pin` or `unpin`. The rows of one command share
-- `edit_id`. `base` is MAL's value as last seen then, against which the edit was made; null where MAL never had the entry.
CREATE TABLE IF NOT EXISTS list_edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    edit_id BIGINT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    mal_id INTEGER NOT NULL,
    at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    command TEXT NOT NULL,
    field TEXT NOT NULL,
    local TEXT,
    base TEXT,
    kept TEXT
);
CREATE INDEX IF NOT EXISTS list_edits_by_anime ON list_edits (user_id, mal_id, id);
CREATE INDEX IF NOT EXISTS list_edits_by_edit ON list_edits (edit_id, id);
