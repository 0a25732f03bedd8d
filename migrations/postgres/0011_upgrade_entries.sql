-- Upgrades of rows that SQL cannot do: malsync does them at its next start, also where somebody else ran these statements,
-- and deletes the row. `own_values`: which values of entries of earlier versions the user wrote.
CREATE TABLE IF NOT EXISTS mal_upgrades (
    name TEXT PRIMARY KEY
);

INSERT INTO mal_upgrades (name) SELECT 'own_values' WHERE EXISTS (SELECT 1 FROM user_anime_lists) ON CONFLICT DO NOTHING;
