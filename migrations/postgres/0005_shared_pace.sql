-- When each client id may ask MAL next, by this server's clock: one row, which every request moves, so that many processes keep
-- one pace. It is worth nothing after a crash, and is not logged: no request waits for a disk. Room is left in its page, so that
-- a new version of the row takes the place of an old one.
CREATE UNLOGGED TABLE IF NOT EXISTS mal_pace (
    client_id TEXT PRIMARY KEY,
    next_at TIMESTAMP NOT NULL
) WITH (fillfactor = 10);
