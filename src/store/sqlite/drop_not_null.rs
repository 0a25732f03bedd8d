//! Drops NOT NULL from `users.email`, because MAL sends no address.
//!
//! SQLite cannot drop a NOT NULL. Its documented method that keeps rows, indexes, triggers and views is to edit the
//! table's text in `sqlite_schema` (<https://www.sqlite.org/lang_altertable.html>, "removing … NOT NULL"). The text
//! is tokenized, because another application may have written it in its own style. The result is verified by asking
//! SQLite.

use sqlx::SqliteConnection;

use crate::store::error::Error;

/// Drops NOT NULL from `users.email` if present. Runs inside the migrations' transaction.
pub(super) async fn drop_email_not_null(connection: &mut SqliteConnection) -> Result<(), Error> {
    if !is_email_not_null(connection).await? {
        return Ok(());
    }
    let table_sql: String =
        sqlx::query_scalar("SELECT sql FROM sqlite_schema WHERE type = 'table' AND lower(name) = 'users'")
            .fetch_one(&mut *connection)
            .await?;
    let new_sql = remove_not_null(&table_sql, "email").ok_or_else(unexpected_schema)?;
    let schema_version: i64 = sqlx::query_scalar("PRAGMA schema_version").fetch_one(&mut *connection).await?;
    sqlx::raw_sql("PRAGMA writable_schema = ON").execute(&mut *connection).await?;
    sqlx::query("UPDATE sqlite_schema SET sql = $1 WHERE type = 'table' AND lower(name) = 'users'")
        .bind(new_sql)
        .execute(&mut *connection)
        .await?;
    // Other connections reload the schema when its version changes; this connection does at the RESET.
    let set_version_sql = format!("PRAGMA schema_version = {}", schema_version + 1);
    sqlx::raw_sql(sqlx::AssertSqlSafe(set_version_sql)).execute(&mut *connection).await?;
    sqlx::raw_sql("PRAGMA writable_schema = RESET").execute(&mut *connection).await?;
    if is_email_not_null(connection).await? { Err(unexpected_schema()) } else { Ok(()) }
}

async fn is_email_not_null(connection: &mut SqliteConnection) -> Result<bool, Error> {
    let not_null: Option<bool> =
        sqlx::query_scalar("SELECT \"notnull\" FROM pragma_table_info('users') WHERE lower(name) = 'email'")
            .fetch_optional(connection)
            .await?;
    Ok(not_null.unwrap_or_default())
}

fn unexpected_schema() -> Error {
    Error::fatal("users.email is NOT NULL in a way that malsync cannot change")
        .with_hint("make the column nullable with the tool that created the table, then try again")
}

/// Returns the CREATE TABLE text without the column's NOT NULL. Returns `None` if it has none.
fn remove_not_null(table_sql: &str, column: &str) -> Option<String> {
    let tokens = token_spans(table_sql);
    let token = |i: usize| tokens.get(i).map(|(start, end)| &table_sql[*start..*end]);
    let token_is = |i: usize, expected: &str| token(i).is_some_and(|token| token.eq_ignore_ascii_case(expected));
    let mut depth = 0;
    let mut in_column = false;
    for i in 0..tokens.len() {
        match token(i) {
            Some("(") => depth += 1,
            Some(")") => depth -= 1,
            _ => {}
        }
        if depth == 1 && (token_is(i, "(") || token_is(i, ",")) {
            in_column = token(i + 1).is_some_and(|name| trim_quotes(name).eq_ignore_ascii_case(column));
        }
        if in_column && depth == 1 && token_is(i, "NOT") && token_is(i + 1, "NULL") {
            let is_named_constraint = i >= 2 && token_is(i - 2, "CONSTRAINT");
            let start = tokens[if is_named_constraint { i - 2 } else { i }].0;
            let end = tokens[if token_is(i + 2, "ON") && token_is(i + 3, "CONFLICT") { i + 4 } else { i + 1 }].1;
            return Some(format!("{}{}", table_sql[..start].trim_end(), &table_sql[end..]));
        }
    }
    None
}

/// Returns the start and end of each token: names and numbers, quoted texts as one token, punctuation one by one.
/// Comments are skipped.
fn token_spans(sql: &str) -> Vec<(usize, usize)> {
    let bytes = sql.as_bytes();
    let find = |start: usize, end: &str| sql[start..].find(end).map_or(sql.len(), |pos| start + pos + end.len());
    let mut spans = Vec::new();
    let mut pos = 0;
    while pos < bytes.len() {
        let start = pos;
        pos = match bytes[pos] {
            b'-' if bytes.get(pos + 1) == Some(&b'-') => find(pos, "\n"),
            b'/' if bytes.get(pos + 1) == Some(&b'*') => find(pos + 2, "*/"),
            byte if byte.is_ascii_whitespace() => pos + 1,
            quote @ (b'"' | b'\'' | b'`' | b'[') => {
                let end = if quote == b'[' { "]" } else { &sql[pos..=pos] };
                let end = find(pos + 1, end);
                spans.push((start, end));
                end
            }
            byte if byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii() => {
                let length = bytes[pos..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_' || !byte.is_ascii())
                    .count();
                spans.push((start, start + length));
                start + length
            }
            _ => {
                spans.push((start, start + 1));
                start + 1
            }
        };
    }
    spans
}

fn trim_quotes(name: &str) -> &str {
    name.trim_matches(['"', '`', '[', ']', '\''])
}

#[cfg(test)]
mod tests {
    use super::remove_not_null;

    #[test]
    fn only_the_columns_own_not_null_is_removed() {
        for (table, expected) in [
            ("CREATE TABLE users (id, email TEXT NOT NULL)", "CREATE TABLE users (id, email TEXT)"),
            (
                "CREATE TABLE users (name TEXT NOT NULL, email VARCHAR(100) UNIQUE NOT NULL, x TEXT NOT NULL)",
                "CREATE TABLE users (name TEXT NOT NULL, email VARCHAR(100) UNIQUE, x TEXT NOT NULL)",
            ),
            ("create table users(\"Email\" text not  null unique)", "create table users(\"Email\" text unique)"),
            (
                "CREATE TABLE users ([email] TEXT CONSTRAINT must NOT NULL ON CONFLICT FAIL CHECK (email NOT NULL))",
                "CREATE TABLE users ([email] TEXT CHECK (email NOT NULL))",
            ),
            (
                "CREATE TABLE users (id, -- email TEXT NOT NULL,\n email TEXT /* NOT NULL */ NOT\nNULL DEFAULT 'it''s, (')",
                "CREATE TABLE users (id, -- email TEXT NOT NULL,\n email TEXT /* NOT NULL */ DEFAULT 'it''s, (')",
            ),
        ] {
            assert_eq!(remove_not_null(table, "email").as_deref(), Some(expected));
        }
    }

    #[test]
    fn nullable_or_missing_column_is_left_unchanged() {
        for table in [
            "CREATE TABLE users (email TEXT, name TEXT NOT NULL)",
            "CREATE TABLE users (emails TEXT NOT NULL)",
            "CREATE TABLE users (name TEXT CHECK (1, email NOT NULL))",
            "",
        ] {
            assert_eq!(remove_not_null(table, "email"), None, "{table}");
        }
    }
}
