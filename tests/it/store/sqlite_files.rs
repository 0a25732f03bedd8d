//! SQLite files: permissions, files that are not a database, and locks.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, sync::Arc};

use malsync::{
    clock::SystemClock,
    exit::Exit,
    failure::Failure,
    store::{Database, DatabaseAccess, DatabaseUrl},
};
use malsync_test_macros::on_sqlite;

use super::{
    mal_wins_planner::{MalWinsPlanner, fetched_items, merge, remote_entry},
    test_database::{DatabaseSite, TestDatabase},
};

fn file_mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn open_error(path: &Path) -> String {
    let database_url = DatabaseUrl::Sqlite { path: path.to_owned(), create_directory: false };
    let failure = Failure::from(Database::open(&database_url, Arc::new(SystemClock)).await.unwrap_err());
    assert_eq!(failure.exit, Exit::Database);
    assert!(!failure.hints.is_empty(), "{}", failure.message());
    failure.message()
}

#[tokio::test]
async fn files_are_private_and_wal_is_removed_on_close() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own/malsync.db");
    let database = Database::open(&DatabaseUrl::default_sqlite(&path), Arc::new(SystemClock)).await.unwrap();
    database.load_users().await.unwrap();
    let files: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in &files {
        assert_eq!(file_mode(file), 0o600, "{}", file.display());
    }
    assert_eq!(file_mode(path.parent().unwrap()), 0o700);
    database.close().await;
    for ending in ["-wal", "-shm"] {
        assert!(!path.with_file_name(format!("malsync.db{ending}")).exists(), "{ending}");
    }
}

/// Without its lock, the `-wal` file is deleted by the next program that closes the database.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn existing_file_stays_locked_while_it_is_open() {
    use std::os::unix::fs::MetadataExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("malsync.db");
    let url = DatabaseUrl::default_sqlite(&path);
    Database::open(&url, Arc::new(SystemClock)).await.unwrap().close().await;
    let owner = format!(" {} ", std::process::id());
    let inode = format!(":{} ", fs::metadata(&path).unwrap().ino());
    let is_locked = || {
        let locks = fs::read_to_string("/proc/locks").unwrap();
        locks.lines().any(|lock| lock.contains("READ") && lock.contains(&owner) && lock.contains(&inode))
    };
    assert!(!is_locked());
    let database = Database::open_existing(&url, DatabaseAccess::Write, Arc::new(SystemClock)).await.unwrap();
    assert!(is_locked(), "after opening");
    database.load_users().await.unwrap();
    assert!(is_locked(), "after a statement");
    database.close().await;
    assert!(!is_locked());
}

#[tokio::test]
async fn f_s06_other_kinds_of_files_are_reported_and_left_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    let content = "Not a database, but a text of some length.\n".repeat(100);
    fs::write(&text, &content).unwrap();
    assert!(open_error(&text).await.contains("not an SQLite database"));
    assert_eq!(fs::read_to_string(&text).unwrap(), content);
    assert!(open_error(folder.path()).await.contains("is a directory"));
    assert!(open_error(Path::new("/dev/null")).await.contains("not a regular file"));
    assert!(open_error(&folder.path().join("missing/list.db")).await.contains("directory"));
}

#[on_sqlite]
async fn f_e11_endless_view_in_place_of_a_table_is_refused(db: TestDatabase) {
    let path = db.site.sqlite_path().to_owned();
    db.store.close().await;
    for table in [
        "users",
        "anime",
        "user_anime_lists",
        "sync_runs",
        "sync_totals",
        "sync_changes",
        "list_edits",
        "mal_genres",
        "mal_studios",
        "mal_pace",
        "mal_upgrades",
    ] {
        let sql = format!(
            "ALTER TABLE {table} RENAME TO real_table; CREATE VIEW {table} AS \
             WITH RECURSIVE endless(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM endless) SELECT * FROM endless"
        );
        db.site.execute_sql(&sql).await.unwrap();
        let error = open_error(&path).await;
        assert!(error.contains(&format!("{table} is a view, not a table")), "{table}: {error}");
        let sql = format!("DROP VIEW {table}; ALTER TABLE real_table RENAME TO {table}");
        db.site.execute_sql(&sql).await.unwrap();
    }
}

#[on_sqlite]
async fn f_s07_damaged_file_is_reported(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items((1..200).map(|id| remote_entry(id, 5)))).await;
    let path = db.site.sqlite_path().to_owned();
    db.store.close().await;
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[100..middle].fill(0);
    fs::write(&path, bytes).unwrap();
    assert!(open_error(&path).await.contains("damaged"));
}

#[on_sqlite]
async fn two_paths_of_one_file_share_a_lock(db: TestDatabase) {
    use malsync::sync::port::SyncStore as _;
    let user = db.create_user("ann").await;
    let path = db.site.sqlite_path();
    let link = path.with_file_name("link.db");
    std::os::unix::fs::symlink(path, &link).unwrap();
    let other = DatabaseSite::at_path(link).open().await.unwrap();
    let _lock = db.store.lock_run(user).await.unwrap().unwrap();
    assert!(other.is_running(user).await.unwrap());
    assert!(other.lock_run(user).await.unwrap().is_none());
}

#[on_sqlite]
async fn checking_for_a_run_never_blocks_its_start(db: TestDatabase) {
    use malsync::sync::port::SyncStore as _;
    let user = db.create_user("ann").await;
    drop(db.store.lock_run(user).await.unwrap());
    let other_database = db.site.open().await.unwrap();
    let checking = async {
        for _ in 0..2000 {
            other_database.is_running(user).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let starting = async {
        for _ in 0..50 {
            assert!(db.store.lock_run(user).await.unwrap().is_some());
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(checking, starting);
}

#[on_sqlite]
async fn f_s03_concurrent_writers_wait_for_each_other(db: TestDatabase) {
    let mut users = Vec::new();
    for name in ["ann", "bob", "eve", "max"] {
        users.push(db.create_user(name).await);
    }
    let db = Arc::new(db);
    let writers: Vec<_> = users
        .into_iter()
        .map(|user| {
            let db = Arc::clone(&db);
            tokio::spawn(async move {
                let other = db.site.open().await.unwrap();
                for round in 0..5 {
                    merge(
                        &other,
                        user,
                        &MalWinsPlanner::default(),
                        &fetched_items((1..50).map(|id| remote_entry(id, round))),
                    )
                    .await;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

#[on_sqlite]
async fn f_s12_lock_file_symlink_is_not_followed(db: TestDatabase) {
    use malsync::sync::port::SyncStore as _;
    let user = db.create_user("ann").await;
    let path = db.site.sqlite_path();
    let (target, name) = (path.with_file_name("elsewhere"), path.file_name().unwrap().to_str().unwrap());
    for lock in [format!("{name}.sync-{user}.lock"), format!("{name}.lock")] {
        let lock = path.with_file_name(lock);
        let _ = fs::remove_file(&lock);
        std::os::unix::fs::symlink(&target, &lock).unwrap();
    }
    let lock_failure = Failure::from(db.store.lock_run(user).await.unwrap_err());
    let check_failure = Failure::from(db.store.is_running(user).await.unwrap_err());
    for failure in [lock_failure, check_failure] {
        assert_eq!(failure.exit, Exit::Database);
        assert!(failure.message().contains("lock file") && !failure.hints.is_empty(), "{failure:?}");
    }
    assert!(open_error(path).await.contains("cannot create a lock file"));
    assert!(!target.exists(), "the target of the link was created");
}
