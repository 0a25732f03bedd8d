//! `users.email` may be null: MAL gives no address.
//!
//! SQLite cannot drop a NOT NULL. Its documented way that leaves rows, indexes, triggers and views alone is to change the
//! table's text in `sqlite_schema` (<https://www.sqlite.org/lang_altertable.html>, "removing … NOT NULL"). The text is read
//! word by word, as another application may have written it in its own way; the outcome is asked of SQLite itself.

use sqlx::SqliteConnection;

use crate::store::error::Error;

/// Drops NOT NULL from `users.email`, where it is there. Inside the migrations' transaction.
pub(super) async fn drop_email_not_null(connection: &mut SqliteConnection) -> Result<(), Error> {
    if !is_email_not_null(connection).await? {
        return Ok(());
    }
    let table: String =
        sqlx::query_scalar("SELECT sql FROM sqlite_schema WHERE type = 'table' AND lower(name) = 'users'")
            .fetch_one(&mut *connection)
            .await?;
    let loosened = remove_not_null(&table, "email").ok_or_else(unexpected_schema)?;
    let version: i64 = sqlx::query_scalar("PRAGMA schema_version").fetch_one(&mut *connection).await?;
    sqlx::raw_sql("PRAGMA writable_schema = ON").execute(&mut *connection).await?;
    sqlx::query("UPDATE sqlite_schema SET sql = $1 WHERE type = 'table' AND lower(name) = 'users'")
        .bind(loosened)
        .execute(&mut *connection)
        .await?;
    // Other connections read the schema again when its version moves; this one does at the reset.
    let moved = format!("PRAGMA schema_version = {}", version + 1);
    sqlx::raw_sql(sqlx::AssertSqlSafe(moved)).execute(&mut *connection).await?;
    sqlx::raw_sql("PRAGMA writable_schema = RESET").execute(&mut *connection).await?;
    if is_email_not_null(connection).await? { Err(unexpected_schema()) } else { Ok(()) }
}

async fn is_email_not_null(connection: &mut SqliteConnection) -> Result<bool, Error> {
    let required: Option<bool> =
        sqlx::query_scalar("SELECT \"notnull\" FROM pragma_table_info('users') WHERE lower(name) = 'email'")
            .fetch_optional(connection)
            .await?;
    Ok(required.unwrap_or_default())
}

fn unexpected_schema() -> Error {
    Error::fatal("users.email is NOT NULL in a way that malsync cannot undo")
        .with_hint("let the column be null, with the tool that made the table, and run again")
}

/// The CREATE TABLE with the column's NOT NULL taken out; none where there is none to be found.
fn remove_not_null(table: &str, column: &str) -> Option<String> {
    let words = token_spans(table);
    let text = |at: usize| words.get(at).map(|(from, to)| &table[*from..*to]);
    let is = |at: usize, word: &str| text(at).is_some_and(|text| text.eq_ignore_ascii_case(word));
    let mut depth = 0;
    let mut inside = false;
    for at in 0..words.len() {
        match text(at) {
            Some("(") => depth += 1,
            Some(")") => depth -= 1,
            _ => {}
        }
        if depth == 1 && (is(at, "(") || is(at, ",")) {
            inside = text(at + 1).is_some_and(|name| trim_quotes(name).eq_ignore_ascii_case(column));
        }
        if inside && depth == 1 && is(at, "NOT") && is(at + 1, "NULL") {
            let named = at >= 2 && is(at - 2, "CONSTRAINT");
            let from = words[if named { at - 2 } else { at }].0;
            let to = words[if is(at + 2, "ON") && is(at + 3, "CONFLICT") { at + 4 } else { at + 1 }].1;
            return Some(format!("{}{}", table[..from].trim_end(), &table[to..]));
        }
    }
    None
}

/// Where the words of an SQL text begin and end: names, numbers, quoted things as one, marks one by one; no comments.
fn token_spans(sql: &str) -> Vec<(usize, usize)> {
    let bytes = sql.as_bytes();
    let find = |from: usize, end: &str| sql[from..].find(end).map_or(sql.len(), |at| from + at + end.len());
    let mut words = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let from = at;
        at = match bytes[at] {
            b'-' if bytes.get(at + 1) == Some(&b'-') => find(at, "\n"),
            b'/' if bytes.get(at + 1) == Some(&b'*') => find(at + 2, "*/"),
            byte if byte.is_ascii_whitespace() => at + 1,
            quote @ (b'"' | b'\'' | b'`' | b'[') => {
                let end = if quote == b'[' { "]" } else { &sql[at..=at] };
                let end = find(at + 1, end);
                words.push((from, end));
                end
            }
            byte if byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii() => {
                let length = bytes[at..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_' || !byte.is_ascii())
                    .count();
                words.push((from, from + length));
                from + length
            }
            _ => {
                words.push((from, from + 1));
                from + 1
            }
        };
    }
    words
}

fn trim_quotes(name: &str) -> &str {
    name.trim_matches(['"', '`', '[', ']', '\''])
}

#[cfg(test)]
mod tests {
    use super::remove_not_null;

    #[test]
    fn only_the_columns_own_not_null_is_removed() {
        for (table, loosened) in [
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
            assert_eq!(remove_not_null(table, "email").as_deref(), Some(loosened));
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
