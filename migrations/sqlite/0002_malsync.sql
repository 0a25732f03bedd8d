-- SQLite holds a VARCHAR or DECIMAL to no length, so nothing needs widening but `users.email`, which may be null from
-- here on. SQLite cannot drop a NOT NULL: the code does it in this migration's transaction (`store/sqlite/nullable.rs`),
-- by the procedure of https://www.sqlite.org/lang_altertable.html that leaves rows, indexes and triggers alone.

-- What is added may be null or has a default: the application that made the tables goes on working.
ALTER TABLE users ADD COLUMN mal_user_id BIGINT;
ALTER TABLE users ADD COLUMN mal_client_id TEXT;
ALTER TABLE users ADD COLUMN mal_token_issued_at TIMESTAMP;
ALTER TABLE users ADD COLUMN mal_token_generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN mal_needs_login BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN mal_login_at TIMESTAMP;
ALTER TABLE users ADD COLUMN mal_list_watermark TIMESTAMP;
ALTER TABLE users ADD COLUMN mal_list_drift INTEGER;
ALTER TABLE users ADD COLUMN last_full_sync TIMESTAMP;

ALTER TABLE anime ADD COLUMN media_type TEXT;
ALTER TABLE anime ADD COLUMN nsfw TEXT;
ALTER TABLE anime ADD COLUMN title_japanese TEXT;
ALTER TABLE anime ADD COLUMN aired_from_precision TEXT;
ALTER TABLE anime ADD COLUMN aired_to_precision TEXT;

ALTER TABLE user_anime_lists ADD COLUMN is_rewatching BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE user_anime_lists ADD COLUMN times_rewatched INTEGER NOT NULL DEFAULT 0;
ALTER TABLE user_anime_lists ADD COLUMN rewatch_value INTEGER NOT NULL DEFAULT 0;
ALTER TABLE user_anime_lists ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE user_anime_lists ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE user_anime_lists ADD COLUMN start_date_precision TEXT;
ALTER TABLE user_anime_lists ADD COLUMN finish_date_precision TEXT;
ALTER TABLE user_anime_lists ADD COLUMN mal_entry TEXT;
ALTER TABLE user_anime_lists ADD COLUMN mal_updated_at TIMESTAMP;
ALTER TABLE user_anime_lists ADD COLUMN removed_at TIMESTAMP;

-- One row a run, a column for each field of `sync --json`; `duration` is in seconds.
CREATE TABLE IF NOT EXISTS sync_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id BIGINT GENERATED ALWAYS AS (id) VIRTUAL,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    username TEXT,
    mode TEXT NOT NULL DEFAULT 'full',
    force_full BOOLEAN NOT NULL DEFAULT FALSE,
    dry_run BOOLEAN NOT NULL DEFAULT FALSE,
    status TEXT NOT NULL DEFAULT 'RUNNING',
    started_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    finished_at TIMESTAMP,
    duration REAL,
    anime_fetched BIGINT NOT NULL DEFAULT 0,
    anime_created BIGINT NOT NULL DEFAULT 0,
    anime_updated BIGINT NOT NULL DEFAULT 0,
    anime_unchanged BIGINT NOT NULL DEFAULT 0,
    user_lists_created BIGINT NOT NULL DEFAULT 0,
    user_lists_updated BIGINT NOT NULL DEFAULT 0,
    user_lists_unchanged BIGINT NOT NULL DEFAULT 0,
    user_lists_removed BIGINT NOT NULL DEFAULT 0,
    conflicts_resolved BIGINT NOT NULL DEFAULT 0,
    requests BIGINT NOT NULL DEFAULT 0,
    retries BIGINT NOT NULL DEFAULT 0,
    token_refreshes BIGINT NOT NULL DEFAULT 0,
    constraint_violations BIGINT NOT NULL DEFAULT 0,
    errors TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS sync_runs_by_user ON sync_runs (user_id, id);

-- One row per changed field or new conflict.
CREATE TABLE IF NOT EXISTS sync_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id BIGINT NOT NULL REFERENCES sync_runs(id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    mal_id INTEGER NOT NULL,
    at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    field TEXT NOT NULL,
    local TEXT,
    mal TEXT,
    kept TEXT,
    conflict BOOLEAN NOT NULL DEFAULT FALSE,
    rule TEXT NOT NULL DEFAULT 'mal'
);
CREATE INDEX IF NOT EXISTS sync_changes_by_run ON sync_changes (run_id, id);
CREATE INDEX IF NOT EXISTS sync_changes_by_anime ON sync_changes (user_id, mal_id, id);
