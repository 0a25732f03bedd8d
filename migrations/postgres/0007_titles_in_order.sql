-- Titles roughly in malsync's own order, for the first of a long list. The expression is the one that malsync asks by
-- (src/store/leading.rs). An application that has given the column a type that has no letters goes without.
DO $$
BEGIN
    CREATE INDEX IF NOT EXISTS anime_by_title ON anime ((CASE WHEN octet_length(left(coalesce(title, ''), 32)) = length(left(coalesce(title, ''), 32)) THEN lower(left(coalesce(title, ''), 32) COLLATE "C")
        ELSE lower(substring(left(coalesce(title, ''), 32) COLLATE "C" FROM E'^[\\x01-\\x7f]*')) || chr(128) END));
EXCEPTION WHEN invalid_object_definition OR undefined_function OR datatype_mismatch OR indeterminate_collation OR collation_mismatch THEN
    RAISE NOTICE 'no index anime_by_title: %', SQLERRM;
END
$$;
