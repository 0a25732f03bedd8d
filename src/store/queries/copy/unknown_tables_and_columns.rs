//! Finds columns and tables that malsync did not create; a copy leaves them out.

use crate::store::{
    error::Error,
    sql::{Dialect, SqlValue},
    tables::all_tables,
    transaction::DbTransaction,
};

/// sqlx's record of the migrations. The target has its own.
const MIGRATIONS_TABLE: &str = "_sqlx_migrations";

/// Returns the names of the tables, `table`, and of the columns in malsync's tables, `table.column`, that malsync did not
/// create.
pub(super) async fn find_unknown_tables_and_columns(tx: &mut DbTransaction) -> Result<Vec<String>, Error> {
    let (columns_sql, tables_sql) = match tx.dialect() {
        Dialect::Postgres => (
            "SELECT attname::text AS name FROM pg_attribute \
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            "SELECT relname::text AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition \
            AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('users')) ORDER BY 1",
        ),
        Dialect::Sqlite => (
            "SELECT name FROM pragma_table_xinfo($1) ORDER BY cid",
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name",
        ),
    };
    let mut foreign = Vec::new();
    for table in all_tables() {
        let own = table.column_names();
        let found = load_names(tx, columns_sql, vec![SqlValue::text(table.name)]).await?;
        let others = found.into_iter().filter(|name| !contains_name(&own, name));
        foreign.extend(others.map(|name| format!("{}.{name}", table.name)));
    }
    let own = all_tables().map(|table| table.name);
    let found = load_names(tx, tables_sql, Vec::new()).await?;
    foreign.extend(found.into_iter().filter(|name| name != MIGRATIONS_TABLE && !contains_name(&own, name)));
    Ok(foreign)
}

/// SQLite ignores the case of names.
fn contains_name(names: &[&str], name: &str) -> bool {
    names.iter().any(|own| own.eq_ignore_ascii_case(name))
}

async fn load_names(tx: &mut DbTransaction, sql: &str, params: Vec<SqlValue<'_>>) -> Result<Vec<String>, Error> {
    let rows = tx.query_all(sql, params).await?;
    Ok(rows.iter().map(|row| row.optional_text("name")).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}
