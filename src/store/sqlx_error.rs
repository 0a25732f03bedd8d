//! Converts errors of sqlx.

use super::{
    error::{Error, StoreErrorKind},
    postgres::classify_postgres_error,
    sqlite::classify_sqlite_error,
};

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(refusal) => {
                if let Some(refusal) = refusal.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
                    return classify_postgres_error(refusal);
                }
                if refusal.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                    let code = refusal.code().and_then(|code| code.parse().ok()).unwrap_or(1);
                    return classify_sqlite_error(code, refusal.message());
                }
                Self::fatal(refusal.to_string())
            }
            sqlx::Error::Io(source) => Self::new(StoreErrorKind::ConnectionLost, format!("cannot connect: {source}"))
                .with_hint("check that the server is running, and the host and port in DATABASE_URL"),
            sqlx::Error::PoolTimedOut => {
                Self::new(StoreErrorKind::ConnectionLost, "cannot connect: no connection within 10 s")
                    .with_hint("check that the server is running, and the host and port in DATABASE_URL")
            }
            sqlx::Error::Tls(source) => Self::fatal(format!("no encrypted connection: {source}"))
                .with_hint("check sslmode and sslrootcert in DATABASE_URL"),
            sqlx::Error::Protocol(source) => {
                Self::new(StoreErrorKind::ConnectionLost, format!("cannot connect: {source}"))
                    .with_hint("check that host and port in DATABASE_URL are those of a PostgreSQL server")
            }
            sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed => {
                Self::new(StoreErrorKind::ConnectionLost, error.to_string())
            }
            other => Self::fatal(other.to_string()),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError::{Execute, ExecuteMigration};
        match error {
            Execute(error) | ExecuteMigration(error, _) => error.into(),
            other => Self::fatal(other.to_string()),
        }
    }
}
