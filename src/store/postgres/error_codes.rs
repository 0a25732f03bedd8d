//! Classifies PostgreSQL's error codes.
//!
//! Invariant: a message contains the server's message without its `DETAIL`, which may contain a row with a token.

use crate::{
    shell_quote::shell_quote,
    store::error::{Error, StoreErrorKind},
};

/// Returns the error for a refusal of the server.
pub(in crate::store) fn classify_postgres_error(source: &sqlx::postgres::PgDatabaseError) -> Error {
    let (code, message) = (source.code(), source.message());
    let kind = match code {
        "40001" | "40P01" => StoreErrorKind::Contention,
        "25P03" | "57P01" | "57P02" | "57P03" | "57P05" => StoreErrorKind::ConnectionLost,
        "53300" => StoreErrorKind::ServerFull,
        "57014" => StoreErrorKind::Cancelled,
        "42501" | "0A000" => StoreErrorKind::Forbidden,
        "25006" | "55P03" => StoreErrorKind::Fatal,
        _ if ["08"].contains(&sqlstate_class(code)) => StoreErrorKind::ConnectionLost,
        _ if ["26", "28", "3D", "3F", "42", "53", "57", "58", "F0", "XX"].contains(&sqlstate_class(code)) => {
            StoreErrorKind::Fatal
        }
        _ => StoreErrorKind::DataRejected,
    };
    let mut error = Error::new(kind, message);
    // Also of a trigger, a data type or a check that a domain makes: the database refused what it was given.
    error.constraint_violations = i64::from(kind == StoreErrorKind::DataRejected);
    match code {
        "55P03" => Error::new(kind, "a table or row has been locked by another session for 30 s")
            .with_hint("find the session in pg_stat_activity, end it, and try again"),
        "57014" => error.with_hint("find what slows the server down or cancels statements, and try again"),
        "25006" => error.with_hint(
            "this server is read-only: point DATABASE_URL at the primary; if this is the primary, run malsync doctor",
        ),
        "53100" => error.with_hint("the server's disk is full: free some space on it"),
        "53300" => error.with_hint("the server has no free connections: close some, or raise max_connections"),
        "42501" => match missing_grant(message) {
            Some((object, rights)) => error.with_hint(format!(
                "ask its owner to run: GRANT {rights} ON {object} TO the role in \
                    DATABASE_URL"
            )),
            None => error.with_hint("ask the database's owner for the permission"),
        },
        // 42809: if `anime a` has no column `rank`, PostgreSQL reads `a.rank` as a call of its function `rank`.
        "42P01" | "42703" | "42809" | "42P10" => {
            error.with_hint("the schema is not the one that malsync created: see docs/schema.md")
        }
        // The prepared statement belongs to another session or is gone with it.
        "26000" | "42P05" => {
            Error::new(kind, "the session changed unexpectedly: a pooler in transaction mode is in between")
                .with_hint("connect directly to the server, or use a pooler in session mode")
        }
        "23505" => match source.detail().filter(|detail| detail.starts_with("Key (id)=")).and(source.table()) {
            Some(table) => error.with_hint(lagging_sequence_hint(table)),
            None => error,
        },
        "3D000" => {
            error.with_hint(format!("run createdb {}, or fix the name in DATABASE_URL", shell_quoted_name(message)))
        }
        _ if sqlstate_class(code) == "28" => error.with_hint(
            "check the user name and password in DATABASE_URL; percent-encode / ? # @ % in them (%2F \
                %3F %23 %40 %25)",
        ),
        _ => error,
    }
}

/// Returns the hint for a table whose sequence is behind the ids in the table: every new row gets an id that is taken.
pub(in crate::store) fn lagging_sequence_hint(table: &str) -> String {
    let (name, literal) = (table.replace('"', "\"\""), table.replace('\'', "''"));
    let is_plain = table.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let quoted = if is_plain { name } else { format!("\"{name}\"") };
    let literal = if is_plain { literal } else { format!("\"{literal}\"") };
    format!(
        "the sequence of {quoted}.id is behind its rows; run in the database: \
        SELECT setval(pg_get_serial_sequence('{literal}', 'id'), (SELECT max(id) FROM {quoted}))"
    )
}

/// Returns the quoted name in a server message, quoted for a shell. Returns `NAME` if there is none.
fn shell_quoted_name(message: &str) -> String {
    let name = message.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"')).map_or("NAME", |(name, _)| name);
    shell_quote(name).into_owned()
}

fn sqlstate_class(code: &str) -> &str {
    code.get(..2).unwrap_or_default()
}

/// Parses `permission denied for table anime`: returns the object and the rights that malsync needs on it. Returns
/// `None` for any other message.
fn missing_grant(message: &str) -> Option<(String, &'static str)> {
    let (object_type, name) = message.strip_prefix("permission denied for ")?.split_once(' ')?;
    match object_type {
        "table" | "relation" | "view" => Some((format!("TABLE {name}"), "SELECT, INSERT, UPDATE, DELETE")),
        "sequence" => Some((format!("SEQUENCE {name}"), "USAGE, SELECT")),
        "schema" => Some((format!("SCHEMA {name}"), "USAGE")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_database_name_is_shell_quoted() {
        for (message, expected) in [
            ("database \"anime\" does not exist", "anime"),
            ("database \"a b; reboot\" does not exist", "'a b; reboot'"),
            ("no such database", "NAME"),
        ] {
            assert_eq!(shell_quoted_name(message), expected);
        }
    }

    #[test]
    fn lagging_sequence_hint_quotes_unusual_names() {
        assert!(
            lagging_sequence_hint("anime")
                .ends_with("SELECT setval(pg_get_serial_sequence('anime', 'id'), (SELECT max(id) FROM anime))")
        );
        assert!(
            lagging_sequence_hint("My t'").ends_with(
                "SELECT setval(pg_get_serial_sequence('\"My t''\"', 'id'), (SELECT max(id) FROM \"My t'\"))"
            )
        );
    }

    #[test]
    fn missing_permission_names_the_table_and_the_grant() {
        let (object, rights) = missing_grant("permission denied for table anime").unwrap();
        assert_eq!((object.as_str(), rights), ("TABLE anime", "SELECT, INSERT, UPDATE, DELETE"));
        assert_eq!(missing_grant("must be owner of table users"), None);
    }
}
