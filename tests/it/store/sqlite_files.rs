//! SQLite files: their modes, what is no database, and other programs that hold them.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, sync::Arc};

use malsync::{
    clock::SystemClock,
    exit::Exit,
    failure::Failure,
    store::{Database, DatabaseUrl},
};

use super::{
    mal_wins_planner::{MalWinsPlanner, fetched_items, merge, remote_entry},
    test_database::{DatabaseSite, TestDatabase},
};

fn file_mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn open_error(path: &Path) -> String {
    let place = DatabaseUrl::Sqlite { path: path.to_owned(), create_directory: false };
    let failure = Failure::from(Database::open(&place, Arc::new(SystemClock)).await.unwrap_err());
    assert_eq!(failure.exit, Exit::Database);
    assert!(!failure.hints.is_empty(), "{}", failure.message());
    failure.message()
}

#[tokio::test]
async fn the_file_and_its_neighbours_are_nobody_elses_to_read_and_go_in_good_order() {
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

#[tokio::test]
async fn f_s06_what_is_no_database_is_told_apart_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    let words = "Not a database, but a text of some length.\n".repeat(100);
    fs::write(&text, &words).unwrap();
    assert!(open_error(&text).await.contains("not an SQLite database"));
    assert_eq!(fs::read_to_string(&text).unwrap(), words);
    assert!(open_error(folder.path()).await.contains("is a directory"));
    assert!(open_error(Path::new("/dev/null")).await.contains("no regular file"));
    assert!(open_error(&folder.path().join("missing/list.db")).await.contains("folder"));
}

#[tokio::test]
async fn f_s07_a_damaged_file_is_told() {
    let home = TestDatabase::sqlite().await;
    let user = home.create_user("ann").await;
    merge(&home.database, user, &MalWinsPlanner::default(), &fetched_items((1..200).map(|id| remote_entry(id, 5))))
        .await;
    let DatabaseSite::Sqlite(path) = home.site.clone() else { unreachable!() };
    home.database.close().await;
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[100..middle].fill(0);
    fs::write(&path, bytes).unwrap();
    assert!(open_error(&path).await.contains("damaged"));
}

#[tokio::test]
async fn two_names_of_one_file_are_one_lock() {
    use malsync::sync::port::SyncStore as _;
    let home = TestDatabase::sqlite().await;
    let user = home.create_user("ann").await;
    let DatabaseSite::Sqlite(path) = &home.site else { unreachable!() };
    let link = path.with_file_name("link.db");
    std::os::unix::fs::symlink(path, &link).unwrap();
    let other = DatabaseSite::Sqlite(link).open().await.unwrap();
    let _lock = home.database.lock_run(user).await.unwrap().unwrap();
    assert!(other.is_running(user).await.unwrap());
    assert!(other.lock_run(user).await.unwrap().is_none());
}

#[tokio::test]
async fn looking_never_keeps_a_run_from_starting() {
    use malsync::sync::port::SyncStore as _;
    let home = TestDatabase::sqlite().await;
    let user = home.create_user("ann").await;
    drop(home.database.lock_run(user).await.unwrap());
    let looker = home.site.open().await.unwrap();
    let looking = async {
        for _ in 0..2000 {
            looker.is_running(user).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let starting = async {
        for _ in 0..50 {
            assert!(home.database.lock_run(user).await.unwrap().is_some());
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(looking, starting);
}

#[tokio::test]
async fn f_s03_writers_wait_for_each_other() {
    let home = TestDatabase::sqlite().await;
    let mut users = Vec::new();
    for name in ["ann", "bob", "eve", "max"] {
        users.push(home.create_user(name).await);
    }
    let home = Arc::new(home);
    let writing: Vec<_> = users
        .into_iter()
        .map(|user| {
            let home = Arc::clone(&home);
            tokio::spawn(async move {
                let other = home.site.open().await.unwrap();
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
    for written in writing {
        written.await.unwrap();
    }
}

#[tokio::test]
async fn f_s12_a_lock_that_is_a_link_is_not_followed() {
    use malsync::sync::port::SyncStore as _;
    let home = TestDatabase::sqlite().await;
    let user = home.create_user("ann").await;
    let DatabaseSite::Sqlite(path) = &home.site else { unreachable!() };
    let (target, name) = (path.with_file_name("elsewhere"), path.file_name().unwrap().to_str().unwrap());
    for lock in [format!("{name}.sync-{user}.lock"), format!("{name}.lock")] {
        let lock = path.with_file_name(lock);
        let _ = fs::remove_file(&lock);
        std::os::unix::fs::symlink(&target, &lock).unwrap();
    }
    let taken = Failure::from(home.database.lock_run(user).await.unwrap_err());
    let looked = Failure::from(home.database.is_running(user).await.unwrap_err());
    for failure in [taken, looked] {
        assert_eq!(failure.exit, Exit::Database);
        assert!(failure.message().contains("a lock file cannot be") && !failure.hints.is_empty(), "{failure:?}");
    }
    assert!(open_error(path).await.contains("a lock file cannot be made"));
    assert!(!target.exists(), "nothing was made where the link leads");
}
