-- When each client id may ask MAL next. Used in PostgreSQL alone, which several machines share; here each process keeps its own pace.
CREATE TABLE IF NOT EXISTS mal_pace (
    client_id TEXT PRIMARY KEY NOT NULL,
    next_at TIMESTAMP NOT NULL
);
