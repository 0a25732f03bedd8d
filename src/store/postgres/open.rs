//! Opens a PostgreSQL database: connects, and migrates the schema.

use sqlx::{PgConnection, postgres::PgConnectOptions};

use super::{
    backend::PostgresBackend,
    connect::{self, NewSession},
    migrate,
    pooler::refuse_transaction_pooler,
    statement_limit::with_statement_limit,
};
use crate::{
    shell_quote::shell_quote,
    store::{
        database_url::{PostgresServer, is_local_host},
        error::Error,
        migration::SchemaVersions,
        missing_schema::MissingSchema,
    },
};

/// Connects, and migrates the schema.
pub(in crate::store) async fn open(server: &PostgresServer) -> Result<PostgresBackend, Error> {
    let (mut first, options) = connect_server(server).await?;
    match migrate::run(&mut first.connection, options.get_username()).await {
        Ok(()) => checked_backend(first, options).await,
        Err(error) => Err(close_with_error(first, error).await),
    }
}

/// Connects, and migrates an outdated schema. Returns why there is none if the database has none of malsync's tables.
pub(in crate::store) async fn open_existing(
    server: &PostgresServer,
) -> Result<Result<PostgresBackend, MissingSchema>, Error> {
    let (mut first, options) = connect_server(server).await?;
    match migrate::run_if_present(&mut first.connection, options.get_username()).await {
        Ok(None) => checked_backend(first, options).await.map(Ok),
        Ok(Some(missing)) => {
            connect::close(first.connection).await;
            Ok(Err(missing))
        }
        Err(error) => Err(close_with_error(first, error).await),
    }
}

/// Connects without changing anything, and returns the schema versions.
pub(in crate::store) async fn open_read_only(
    server: &PostgresServer,
) -> Result<(PostgresBackend, SchemaVersions), Error> {
    let (mut first, options) = connect_server(server).await?;
    match migrate::load_schema_versions(&mut first.connection).await {
        Ok(schema) => Ok((checked_backend(first, options).await?, schema)),
        Err(error) => Err(close_with_error(first, error).await),
    }
}

/// Closes the connection and returns `error`.
async fn close_with_error(session: NewSession, error: Error) -> Error {
    connect::close(session.connection).await;
    error
}

/// Returns the backend. Fails if there may be a pooler in between, and it is one that malsync cannot work with.
async fn checked_backend(first: NewSession, options: PgConnectOptions) -> Result<PostgresBackend, Error> {
    let is_direct = first.is_direct;
    let backend = PostgresBackend::new(first, options);
    if !is_direct {
        let mut session = backend.pool.acquire().await?;
        let checked = refuse_transaction_pooler(session.start_statement(), &backend.pool).await;
        if let Err(error) = session.record_statement_result(checked) {
            backend.close().await;
            return Err(error);
        }
    }
    Ok(backend)
}

async fn connect_server(server: &PostgresServer) -> Result<(NewSession, PgConnectOptions), Error> {
    let options = connect::with_settings(server.connect_options()?);
    let mut first = connect::connect_when_not_full(&options).await?;
    if let Err(error) = check_encoding(&first.encoding, &options) {
        return Err(close_with_error(first, error).await);
    }
    warn_if_unencrypted(&mut first.connection, &options).await;
    Ok((first, options))
}

/// Fails if the database has another encoding than UTF8: it would refuse most titles.
fn check_encoding(encoding: &str, options: &PgConnectOptions) -> Result<(), Error> {
    if encoding == "UTF8" {
        return Ok(());
    }
    let name = options.get_database().unwrap_or_else(|| options.get_username());
    let new_name = shell_quote(&format!("{name}_utf8")).into_owned();
    Err(Error::fatal(format!("its encoding is {encoding}, which cannot store the titles of anime; it must be UTF8"))
        .with_hint(format!("run createdb -E UTF8 -T template0 {new_name}, and use that database in DATABASE_URL")))
}

/// Warns about an unencrypted connection: tokens are stored encrypted, but the role's password and the list are sent
/// in clear text.
async fn warn_if_unencrypted(connection: &mut PgConnection, options: &PgConnectOptions) {
    if options.get_socket().is_some() || is_local_host(options.get_host()) {
        return;
    }
    let query = sqlx::query_scalar("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    if matches!(with_statement_limit(query.fetch_optional(connection)).await, Ok(Some(false))) {
        tracing::warn!(
            "the connection to {} is not encrypted: add ?sslmode=verify-full to DATABASE_URL if the server \
                supports it",
            options.get_host()
        );
    }
}

#[cfg(test)]
mod tests {
    use super::is_local_host;

    #[test]
    fn f_p25_only_remote_hosts_cause_an_encryption_warning() {
        for (host, is_local) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("/run/postgresql", true),
            ("db", false),
            ("192.0.2.7", false),
            ("localhost.example.org", false),
        ] {
            assert_eq!(is_local_host(host), is_local, "{host}");
        }
    }
}
