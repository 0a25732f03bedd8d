//! Sets the search path of a session, so that no object of another role takes the place of PostgreSQL's own.

/// Sets the search path to the schemas that it names now, without `pg_catalog` and the session's own schema of temporary
/// tables, and returns it as quoted identifiers.
/// PostgreSQL then searches `pg_catalog` first, also if the role's setting names it last.
///
/// Every function and operator is qualified, because the path is not safe yet.
///
/// An operator of another schema is still called if only its argument types match exactly. So statements compare a
/// `VARCHAR` column as `CAST(column AS TEXT)`, for which `pg_catalog` has an exact match.
pub(super) const SET_SEARCH_PATH_SQL: &str = "SELECT pg_catalog.set_config('search_path', pg_catalog.array_to_string(ARRAY( \
    SELECT pg_catalog.quote_ident(path.name::pg_catalog.text) \
    FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS path(name, position) \
    WHERE path.name OPERATOR(pg_catalog.<>) 'pg_catalog'::pg_catalog.name \
    AND NOT pg_catalog.starts_with(path.name::pg_catalog.text, 'pg_temp_') ORDER BY path.position), ', '), false)";

/// Returns the statement that sets the search path of a further session to that of the first one, as
/// [`SET_SEARCH_PATH_SQL`] returned it. It reads no catalog, which takes a new session milliseconds.
pub(super) fn set_search_path_sql(search_path: &str) -> String {
    let path = if search_path.is_empty() { "''" } else { search_path };
    format!("SET search_path = {path}")
}
