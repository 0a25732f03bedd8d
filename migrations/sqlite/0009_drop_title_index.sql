-- The index served `list --limit` by title alone. The titles of a whole list are sorted in memory as fast as anybody needs them.
DROP INDEX IF EXISTS anime_by_title;
