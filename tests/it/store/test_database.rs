//! Creates a new database for each test of the store, opens it with malsync, and lets the test run SQL on it as another
//! program would.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use malsync::{
    clock::SystemClock,
    domain::user::UserId,
    store::{Database, DatabaseUrl},
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Row as _, SqliteConnection};
use tempfile::TempDir;

use crate::support::{postgres::shared_cluster, test_env::DatabaseKind};

/// What an async test gets from `#[on_both]`.
pub(crate) trait DatabaseFixture: Sized {
    /// Creates a new database of this kind.
    async fn create(kind: DatabaseKind) -> Self;
}

/// Runs a test with the database that it asks for. `#[on_both]` calls it.
pub(crate) async fn run_with_database<Fixture, Running>(kind: DatabaseKind, test: impl FnOnce(Fixture) -> Running)
where
    Fixture: DatabaseFixture,
    Running: Future<Output = ()>,
{
    test(Fixture::create(kind).await).await;
}

/// Where the database of a test is.
#[derive(Clone, Debug)]
pub(super) enum DatabaseSite {
    /// The name of a database in the shared cluster.
    Postgres(String),
    /// A file. The temporary folder that it is in lives as long as the value.
    Sqlite { path: PathBuf, _folder: Option<Arc<TempDir>> },
}

/// A database that malsync has opened.
pub(super) struct TestDatabase {
    pub(super) site: DatabaseSite,
    pub(super) store: Database,
}

impl DatabaseFixture for DatabaseSite {
    /// Creates an empty database, which nobody has opened yet.
    async fn create(kind: DatabaseKind) -> Self {
        match kind {
            DatabaseKind::Postgres => Self::Postgres(shared_cluster().create_database().await),
            DatabaseKind::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                Self::Sqlite { path: folder.path().join("list.db"), _folder: Some(Arc::new(folder)) }
            }
        }
    }
}

impl DatabaseFixture for TestDatabase {
    /// Creates a database with malsync's schema.
    async fn create(kind: DatabaseKind) -> Self {
        Self::open(DatabaseSite::create(kind).await).await
    }
}

impl DatabaseSite {
    /// The database of this file, in a folder that the test keeps.
    pub(super) fn at_path(path: PathBuf) -> Self {
        Self::Sqlite { path, _folder: None }
    }

    pub(super) fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Returns the name of a PostgreSQL database.
    pub(super) fn postgres_name(&self) -> &str {
        let Self::Postgres(name) = self else { panic!("only a PostgreSQL database has a name") };
        name
    }

    /// Returns the path of an SQLite database.
    pub(super) fn sqlite_path(&self) -> &Path {
        let Self::Sqlite { path, .. } = self else { panic!("only an SQLite database is a file") };
        path
    }

    pub(super) fn url(&self) -> DatabaseUrl {
        let url = match self {
            Self::Postgres(name) => shared_cluster().superuser_url(name),
            Self::Sqlite { path, .. } => format!("sqlite://{}", path.display()),
        };
        DatabaseUrl::parse(&url).unwrap()
    }

    pub(super) async fn open(&self) -> Result<Database, malsync::store::Error> {
        Database::open(&self.url(), Arc::new(SystemClock)).await
    }

    /// Executes statements as another program.
    pub(super) async fn execute_sql(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Postgres(name) => {
                sqlx::raw_sql(sql).execute(&mut shared_cluster().connect(name).await).await.map(drop)
            }
            Self::Sqlite { path, .. } => {
                let mut connection = connect_file(path).await?;
                let done = sqlx::raw_sql(sql).execute(&mut connection).await.map(drop);
                connection.close().await?;
                done
            }
        }
    }

    /// Runs a query as another program. Returns the columns of each row, which are text or null, joined with `|`.
    pub(super) async fn read_rows(&self, sql: &str) -> Vec<String> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let joined = |cells: Vec<Option<String>>| {
            cells.into_iter().map(|cell| cell.unwrap_or_else(|| "NULL".into())).collect::<Vec<_>>().join("|")
        };
        match self {
            Self::Postgres(name) => {
                let rows = sql.fetch_all(&mut shared_cluster().connect(name).await).await.unwrap();
                rows.iter().map(|row| joined((0..row.len()).map(|at| row.get_unchecked(at)).collect())).collect()
            }
            Self::Sqlite { path, .. } => {
                let mut connection = connect_file(path).await.unwrap();
                let rows = sql.fetch_all(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                rows.iter().map(|row| joined((0..row.len()).map(|at| row.get_unchecked(at)).collect())).collect()
            }
        }
    }
}

/// Opens a file as another program that does not wait for locks. The caller closes the connection: a dropped one is closed
/// later by its thread, under a lock that the next connection would meet.
async fn connect_file(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .busy_timeout(std::time::Duration::ZERO)
        .connect()
        .await
}

impl TestDatabase {
    async fn open(site: DatabaseSite) -> Self {
        let store = site.open().await.unwrap();
        Self { site, store }
    }

    /// Opens the same database once more, as another process would.
    pub(super) async fn reopen(&self) -> Self {
        Self::open(self.site.clone()).await
    }

    pub(super) fn is_postgres(&self) -> bool {
        self.site.is_postgres()
    }

    /// Creates a user as another program.
    pub(super) async fn create_user(&self, name: &str) -> UserId {
        self.execute_sql(&format!("INSERT INTO users (username, email) VALUES ('{name}', '{name}@example.org')")).await;
        self.store.find_user_by_name(name).await.unwrap().unwrap().id
    }

    pub(super) async fn execute_sql(&self, sql: &str) {
        self.site.execute_sql(sql).await.unwrap();
    }

    pub(super) async fn read_rows(&self, sql: &str) -> Vec<String> {
        self.site.read_rows(sql).await
    }

    /// Returns a connection of the PostgreSQL superuser.
    pub(super) async fn superuser_connection(&self) -> PgConnection {
        PgConnection::connect(&shared_cluster().superuser_url(self.site.postgres_name())).await.unwrap()
    }
}

/// Runs something on a thread and runtime of its own and waits for it: what another program does while the store is at work.
pub(super) fn run_on_own_thread<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::spawn(move || runtime().block_on(work)).join().unwrap()
}
