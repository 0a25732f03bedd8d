-- Every field that MAL's list endpoint gives of an anime.
ALTER TABLE anime
    ADD COLUMN IF NOT EXISTS synonyms JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN IF NOT EXISTS start_season_year INTEGER,
    ADD COLUMN IF NOT EXISTS start_season TEXT,
    ADD COLUMN IF NOT EXISTS source TEXT,
    ADD COLUMN IF NOT EXISTS rating TEXT,
    ADD COLUMN IF NOT EXISTS average_episode_duration INTEGER,
    ADD COLUMN IF NOT EXISTS broadcast_day TEXT,
    ADD COLUMN IF NOT EXISTS broadcast_time TEXT,
    ADD COLUMN IF NOT EXISTS num_list_users INTEGER,
    ADD COLUMN IF NOT EXISTS num_scoring_users INTEGER,
    ADD COLUMN IF NOT EXISTS metadata_created_at TIMESTAMP,
    ADD COLUMN IF NOT EXISTS metadata_updated_at TIMESTAMP;

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
);
CREATE INDEX IF NOT EXISTS mal_anime_genres_by_genre ON mal_anime_genres (genre_id, anime_id);
CREATE TABLE IF NOT EXISTS mal_anime_studios (
    anime_id INTEGER NOT NULL REFERENCES anime(id) ON DELETE CASCADE,
    studio_id INTEGER NOT NULL REFERENCES mal_studios(id) ON DELETE CASCADE,
    PRIMARY KEY (anime_id, studio_id)
);
CREATE INDEX IF NOT EXISTS mal_anime_studios_by_studio ON mal_anime_studios (studio_id, anime_id);

-- The columns of the entry that no sync touches.
ALTER TABLE user_anime_lists ADD COLUMN IF NOT EXISTS pinned JSONB NOT NULL DEFAULT '[]';

-- One row per field that was changed here: by `edit`, `restore`, `import`, `pin` or `unpin`. The rows of one command share
-- `edit_id`. `base` is MAL's value as last seen then, against which the edit was made; null where MAL never had the entry.
CREATE TABLE IF NOT EXISTS list_edits (
    id BIGSERIAL PRIMARY KEY,
    edit_id BIGINT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    mal_id INTEGER NOT NULL,
    at TIMESTAMP NOT NULL DEFAULT NOW(),
    command TEXT NOT NULL,
    field TEXT NOT NULL,
    local JSONB,
    base JSONB,
    kept JSONB
);
CREATE INDEX IF NOT EXISTS list_edits_by_anime ON list_edits (user_id, mal_id, id);
CREATE INDEX IF NOT EXISTS list_edits_by_edit ON list_edits (edit_id, id);
