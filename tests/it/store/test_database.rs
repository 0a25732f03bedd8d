//! A database of a test's own, with malsync's store and another program's view of it.

use std::{path::PathBuf, sync::Arc};

use malsync::{
    clock::SystemClock,
    domain::user::UserId,
    store::{Database, DatabaseUrl},
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Row as _, SqliteConnection};

use crate::support::postgres::shared_cluster;

/// Where a test's database is.
#[derive(Clone, Debug)]
pub(super) enum DatabaseSite {
    /// The name of a database in the tests' cluster.
    Postgres(String),
    /// A file.
    Sqlite(PathBuf),
}

/// A database, opened by malsync.
pub(super) struct TestDatabase {
    pub(super) site: DatabaseSite,
    pub(super) database: Database,
    _folder: Option<tempfile::TempDir>,
}

impl DatabaseSite {
    pub(super) async fn postgres() -> Self {
        Self::Postgres(shared_cluster().create_database().await)
    }

    pub(super) fn sqlite(folder: &tempfile::TempDir) -> Self {
        Self::Sqlite(folder.path().join("list.db"))
    }

    pub(super) fn url(&self) -> DatabaseUrl {
        let url = match self {
            Self::Postgres(name) => shared_cluster().superuser_url(name),
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
        };
        DatabaseUrl::parse(&url).unwrap()
    }

    pub(super) async fn open(&self) -> Result<Database, malsync::store::Error> {
        Database::open(&self.url(), Arc::new(SystemClock)).await
    }

    /// Does as another program would.
    pub(super) async fn execute_sql(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Postgres(name) => {
                sqlx::raw_sql(sql).execute(&mut shared_cluster().connect(name).await).await.map(drop)
            }
            Self::Sqlite(path) => {
                let mut connection = connect_file(path).await?;
                let done = sqlx::raw_sql(sql).execute(&mut connection).await.map(drop);
                connection.close().await?;
                done
            }
        }
    }

    /// What another program reads: each row's columns, all of them text or null, joined with `|`.
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
            Self::Sqlite(path) => {
                let mut connection = connect_file(path).await.unwrap();
                let rows = sql.fetch_all(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                rows.iter().map(|row| joined((0..row.len()).map(|at| row.get_unchecked(at)).collect())).collect()
            }
        }
    }
}

/// Another program's connection to a file, that does not wait for locks. Who opened it closes it: a dropped one is closed
/// by its thread some time later, under a lock that the next connection would meet.
async fn connect_file(path: &std::path::Path) -> Result<SqliteConnection, sqlx::Error> {
    sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .busy_timeout(std::time::Duration::ZERO)
        .connect()
        .await
}

impl TestDatabase {
    pub(super) async fn postgres() -> Self {
        Self::open_site(DatabaseSite::postgres().await, None).await
    }

    pub(super) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::open_site(DatabaseSite::sqlite(&folder), Some(folder)).await
    }

    async fn open_site(site: DatabaseSite, folder: Option<tempfile::TempDir>) -> Self {
        let database = site.open().await.unwrap();
        Self { site, database, _folder: folder }
    }

    /// The same database, opened by another malsync. The home must outlive it.
    pub(super) async fn reopen(&self) -> Self {
        Self::open_site(self.site.clone(), None).await
    }

    pub(super) fn is_postgres(&self) -> bool {
        matches!(self.site, DatabaseSite::Postgres(_))
    }

    /// A user, made as another program would.
    pub(super) async fn create_user(&self, name: &str) -> UserId {
        self.execute_sql(&format!("INSERT INTO users (username, email) VALUES ('{name}', '{name}@example.org')")).await;
        self.database.find_user_by_name(name).await.unwrap().unwrap().id
    }

    pub(super) async fn execute_sql(&self, sql: &str) {
        self.site.execute_sql(sql).await.unwrap();
    }

    pub(super) async fn read_rows(&self, sql: &str) -> Vec<String> {
        self.site.read_rows(sql).await
    }

    /// A superuser's connection, on PostgreSQL.
    pub(super) async fn superuser_connection(&self) -> PgConnection {
        let DatabaseSite::Postgres(name) = &self.site else { panic!("only PostgreSQL has sessions") };
        PgConnection::connect(&shared_cluster().superuser_url(name)).await.unwrap()
    }
}

/// Does something on a thread and a runtime of its own, and waits for it: another program's doing, in the middle of ours.
pub(super) fn run_on_own_thread<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::spawn(move || runtime().block_on(work)).join().unwrap()
}
