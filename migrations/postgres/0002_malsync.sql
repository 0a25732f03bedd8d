-- Columns where real data would not fit are widened, and only where that is still to be done: a view that holds a
-- column stops even an ALTER that changes nothing.
DO $$
DECLARE
    held RECORD;
BEGIN
    FOR held IN
        SELECT attrelid::regclass AS tab, attname AS col
        FROM pg_attribute
        WHERE attnum > 0 AND NOT attisdropped AND atttypid = 'varchar'::regtype
            AND attrelid = 'anime'::regclass AND attname IN ('title', 'title_english', 'status')
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE TEXT', held.tab, held.col);
    END LOOP;

    -- A numeric's atttypmod is ((precision << 16) | scale) + 4; the mean 10.00 needs two digits before the point.
    IF EXISTS (
        SELECT 1 FROM pg_attribute
        WHERE attrelid = 'anime'::regclass AND attname = 'score' AND atttypid = 'numeric'::regtype AND atttypmod >= 4
            AND (((atttypmod - 4) >> 16) - ((atttypmod - 4) & 65535) < 2 OR ((atttypmod - 4) & 65535) < 2)
    ) THEN
        ALTER TABLE anime ALTER COLUMN score TYPE NUMERIC(4,2);
    END IF;

    -- MAL gives no address.
    IF EXISTS (
        SELECT 1 FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'email' AND attnotnull
    ) THEN
        ALTER TABLE users ALTER COLUMN email DROP NOT NULL;
    END IF;
END
$$;

-- What is added may be null or has a default: the application that made the tables goes on working.
ALTER TABLE users
    ADD COLUMN IF NOT EXISTS mal_user_id BIGINT,
    ADD COLUMN IF NOT EXISTS mal_client_id TEXT,
    ADD COLUMN IF NOT EXISTS mal_token_issued_at TIMESTAMP,
    ADD COLUMN IF NOT EXISTS mal_token_generation BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS mal_needs_login BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN IF NOT EXISTS mal_login_at TIMESTAMP,
    ADD COLUMN IF NOT EXISTS mal_list_watermark TIMESTAMP,
    ADD COLUMN IF NOT EXISTS mal_list_drift INTEGER,
    ADD COLUMN IF NOT EXISTS last_full_sync TIMESTAMP;

ALTER TABLE anime
    ADD COLUMN IF NOT EXISTS media_type TEXT,
    ADD COLUMN IF NOT EXISTS nsfw TEXT,
    ADD COLUMN IF NOT EXISTS title_japanese TEXT,
    ADD COLUMN IF NOT EXISTS aired_from_precision TEXT,
    ADD COLUMN IF NOT EXISTS aired_to_precision TEXT;

ALTER TABLE user_anime_lists
    ADD COLUMN IF NOT EXISTS is_rewatching BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN IF NOT EXISTS times_rewatched INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS rewatch_value INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS priority INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS tags JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN IF NOT EXISTS start_date_precision TEXT,
    ADD COLUMN IF NOT EXISTS finish_date_precision TEXT,
    ADD COLUMN IF NOT EXISTS mal_entry JSONB,
    ADD COLUMN IF NOT EXISTS mal_updated_at TIMESTAMP,
    ADD COLUMN IF NOT EXISTS removed_at TIMESTAMP;

-- One row a run, a column for each field of `sync --json`; `duration` is in seconds.
CREATE TABLE IF NOT EXISTS sync_runs (
    id BIGSERIAL PRIMARY KEY,
    run_id BIGINT GENERATED ALWAYS AS (id) STORED,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    username TEXT,
    mode TEXT NOT NULL DEFAULT 'full',
    force_full BOOLEAN NOT NULL DEFAULT FALSE,
    dry_run BOOLEAN NOT NULL DEFAULT FALSE,
    status TEXT NOT NULL DEFAULT 'RUNNING',
    started_at TIMESTAMP NOT NULL DEFAULT NOW(),
    finished_at TIMESTAMP,
    duration DOUBLE PRECISION,
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
    errors JSONB NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS sync_runs_by_user ON sync_runs (user_id, id);

-- One row per changed field or new conflict.
CREATE TABLE IF NOT EXISTS sync_changes (
    id BIGSERIAL PRIMARY KEY,
    run_id BIGINT NOT NULL REFERENCES sync_runs(id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    mal_id INTEGER NOT NULL,
    at TIMESTAMP NOT NULL DEFAULT NOW(),
    field TEXT NOT NULL,
    local JSONB,
    mal JSONB,
    kept JSONB,
    conflict BOOLEAN NOT NULL DEFAULT FALSE,
    rule TEXT NOT NULL DEFAULT 'mal'
);
CREATE INDEX IF NOT EXISTS sync_changes_by_run ON sync_changes (run_id, id);
CREATE INDEX IF NOT EXISTS sync_changes_by_anime ON sync_changes (user_id, mal_id, id);
