//! A database of a test's own, with malsync's store and another program's view of it.

use std::{path::PathBuf, sync::Arc};

use malsync::{
    clock::SystemClock,
    domain::user::UserId,
    store::{Database, DatabaseUrl},
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Row as _, SqliteConnection};

use crate::support::postgres::cluster;

/// Where a test's database is.
#[derive(Clone, Debug)]
pub(super) enum Site {
    /// The name of a database in the tests' cluster.
    Postgres(String),
    /// A file.
    Sqlite(PathBuf),
}

/// A database, opened by malsync.
pub(super) struct Home {
    pub(super) site: Site,
    pub(super) database: Database,
    _folder: Option<tempfile::TempDir>,
}

impl Site {
    pub(super) async fn postgres() -> Self {
        Self::Postgres(cluster().database().await)
    }

    pub(super) fn sqlite(folder: &tempfile::TempDir) -> Self {
        Self::Sqlite(folder.path().join("list.db"))
    }

    pub(super) fn place(&self) -> DatabaseUrl {
        let url = match self {
            Self::Postgres(name) => cluster().url(name),
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
        };
        DatabaseUrl::parse(&url).unwrap()
    }

    pub(super) async fn open(&self) -> Result<Database, malsync::store::Error> {
        Database::open(&self.place(), Arc::new(SystemClock)).await
    }

    /// Does as another program would.
    pub(super) async fn run(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Postgres(name) => sqlx::raw_sql(sql).execute(&mut cluster().connect(name).await).await.map(drop),
            Self::Sqlite(path) => {
                let mut connection = file(path).await?;
                let done = sqlx::raw_sql(sql).execute(&mut connection).await.map(drop);
                connection.close().await?;
                done
            }
        }
    }

    /// What another program reads: each row's columns, all of them text or null, joined with `|`.
    pub(super) async fn read(&self, sql: &str) -> Vec<String> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let joined = |cells: Vec<Option<String>>| {
            cells.into_iter().map(|cell| cell.unwrap_or_else(|| "NULL".into())).collect::<Vec<_>>().join("|")
        };
        match self {
            Self::Postgres(name) => {
                let rows = sql.fetch_all(&mut cluster().connect(name).await).await.unwrap();
                rows.iter().map(|row| joined((0..row.len()).map(|at| row.get_unchecked(at)).collect())).collect()
            }
            Self::Sqlite(path) => {
                let mut connection = file(path).await.unwrap();
                let rows = sql.fetch_all(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                rows.iter().map(|row| joined((0..row.len()).map(|at| row.get_unchecked(at)).collect())).collect()
            }
        }
    }
}

/// Another program's connection to a file, that does not wait for locks. Who opened it closes it: a dropped one is closed
/// by its thread some time later, under a lock that the next connection would meet.
async fn file(path: &std::path::Path) -> Result<SqliteConnection, sqlx::Error> {
    sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .busy_timeout(std::time::Duration::ZERO)
        .connect()
        .await
}

impl Home {
    pub(super) async fn postgres() -> Self {
        Self::at(Site::postgres().await, None).await
    }

    pub(super) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::at(Site::sqlite(&folder), Some(folder)).await
    }

    async fn at(site: Site, folder: Option<tempfile::TempDir>) -> Self {
        let database = site.open().await.unwrap();
        Self { site, database, _folder: folder }
    }

    /// The same database, opened by another malsync. The home must outlive it.
    pub(super) async fn again(&self) -> Self {
        Self::at(self.site.clone(), None).await
    }

    pub(super) fn is_postgres(&self) -> bool {
        matches!(self.site, Site::Postgres(_))
    }

    /// A user, made as another program would.
    pub(super) async fn user(&self, name: &str) -> UserId {
        self.run(&format!("INSERT INTO users (username, email) VALUES ('{name}', '{name}@example.org')")).await;
        self.database.find_user_by_name(name).await.unwrap().unwrap().id
    }

    pub(super) async fn run(&self, sql: &str) {
        self.site.run(sql).await.unwrap();
    }

    pub(super) async fn read(&self, sql: &str) -> Vec<String> {
        self.site.read(sql).await
    }

    /// A superuser's connection, on PostgreSQL.
    pub(super) async fn session(&self) -> PgConnection {
        let Site::Postgres(name) = &self.site else { panic!("only PostgreSQL has sessions") };
        PgConnection::connect(&cluster().url(name)).await.unwrap()
    }
}

/// Does something on a thread and a runtime of its own, and waits for it: another program's doing, in the middle of ours.
pub(super) fn meanwhile<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::spawn(move || runtime().block_on(work)).join().unwrap()
}
