-- The three tables of the seed document, column for column. Where an application made them
-- already, they are taken over as they stand.
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username VARCHAR(50) UNIQUE NOT NULL,
    email VARCHAR(100) UNIQUE NOT NULL,
    mal_access_token TEXT,
    mal_refresh_token TEXT,
    mal_token_expires_at TIMESTAMP,
    last_mal_sync TIMESTAMP,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS anime (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    mal_id INTEGER UNIQUE NOT NULL,
    title VARCHAR(500) NOT NULL,
    title_english VARCHAR(500),
    synopsis TEXT,
    episodes INTEGER,
    status VARCHAR(20),
    score DECIMAL(3,2),
    rank INTEGER,
    popularity INTEGER,
    aired_from DATE,
    aired_to DATE,
    image_url TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS user_anime_lists (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    anime_id INTEGER NOT NULL REFERENCES anime(id) ON DELETE CASCADE,
    status VARCHAR(20) NOT NULL CHECK (status IN ('watching', 'completed', 'on_hold', 'dropped', 'plan_to_watch')),
    score INTEGER CHECK (score >= 0 AND score <= 10),
    episodes_watched INTEGER DEFAULT 0 CHECK (episodes_watched >= 0),
    start_date DATE,
    finish_date DATE,
    notes TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    UNIQUE(user_id, anime_id)
);
