-- Titles roughly in malsync's own order, for the first of a long list. The expression is the one that malsync asks by
-- (src/store/leading.rs). It makes a look faster and nothing else: a database that cannot have it goes without.
DO $$
BEGIN
    CREATE INDEX IF NOT EXISTS anime_by_title ON anime ((CASE WHEN left(coalesce(title::text, ''), 32) COLLATE "C" ~ E'^[\\x01-\\x7e]*$' THEN lower(left(coalesce(title::text, ''), 32) COLLATE "C")
        ELSE lower(substring(left(coalesce(title::text, ''), 32) COLLATE "C" FROM E'^[\\x01-\\x7e]*')) || E'\x7f' END));
EXCEPTION WHEN invalid_object_definition OR undefined_function OR datatype_mismatch OR data_exception OR program_limit_exceeded THEN
    RAISE NOTICE 'no index anime_by_title: %', SQLERRM;
END
$$;
