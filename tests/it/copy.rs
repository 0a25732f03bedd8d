//! `copy`: everything that malsync stores, into an empty database of either kind.

mod databases;
mod keyring;
mod large_list;
mod with_postgres;

use malsync_test_macros::{on_both, on_postgres, on_sqlite};

use self::databases::{assert_same_dump, create_target, dump_database, switch_database};
use crate::support::{
    dump::query_count,
    test_env::{DatabaseKind, TestEnv},
    wait_until,
};

/// Copies the current database of the environment.
fn copy_to(env: &TestEnv, target: &str, flags: &[&str]) -> serde_json::Value {
    env.run(&[&["copy", "--json", "--to", target], flags].concat()).expect_code(0).json()
}

#[on_both]
fn copy_onto_itself_is_refused_under_every_name(kind: DatabaseKind) {
    let mut env = TestEnv::new(kind, 3);
    env.create_tables();
    let url = env.database_url();
    let others = match kind {
        DatabaseKind::Sqlite => {
            let (link, hard_link) = (env.home().join("link.db"), env.home().join("hard.db"));
            std::os::unix::fs::symlink(env.database_file(), &link).unwrap();
            std::fs::hard_link(env.database_file(), &hard_link).unwrap();
            [format!("sqlite://{}", link.display()), format!("sqlite://{}", hard_link.display())]
        }
        DatabaseKind::Postgres => {
            let separator = if url.contains('?') { '&' } else { '?' };
            [format!("{url}{separator}application_name=x"), url.replacen("postgresql://", "postgres://", 1)]
        }
    };
    for name in others.iter().chain([&url]) {
        let refused = env.run(&["copy", "--to", name]).expect_code(8);
        assert!(refused.stderr.contains("it is the database to copy"), "{}", refused.stderr);
    }
    // With rows it is refused as well, for whatever reason.
    env.run(&["login", "--json"]).expect_code(0);
    env.run(&["copy", "--to", &url]).expect_code(8);
    env.set_var("DATABASE_URL", &url);
    env.sync(&[]);
}

#[on_both]
fn invalid_target_url_is_wrong_usage(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 1);
    for url in
        ["sqlite:///tmp/x.db ", " sqlite:///tmp/x.db", "sqlite:///tmp/x.db\n", "list.db", "mysql://me@host/x", ""]
    {
        let refused = env.run(&["copy", "--to", url]).expect_code(2);
        assert!(refused.stderr.starts_with("error: --to"), "{url:?}: {}", refused.stderr);
    }
    env.run(&["copy"]).expect_code(2);
    let secret = format!("postgres://me:{}@host/db ", crate::support::secret_scanner::DATABASE_PASSWORD);
    env.run(&["copy", "--to", &secret]).expect_code(2);
    env.run(&["copy", "--to", &format!("postgrs{}", &secret[8..])]).expect_code(2);
}

#[on_both]
fn quiet_copy_prints_only_errors(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.execute_sql("CREATE TABLE pets (name TEXT)");
    let target = create_target(&env, kind, "target");
    let copied = env.run(&["copy", "--quiet", "--to", &target]).expect_code(0);
    assert_eq!((&*copied.stdout, &*copied.stderr), ("", ""));
    let refused = env.run(&["copy", "--quiet", "--to", &target]).expect_code(8);
    assert!(refused.stdout.is_empty() && refused.stderr.starts_with("error: "), "{refused:?}");
    let with_tokens = create_target(&env, kind, "with-tokens");
    let copied = env.run(&["copy", "--quiet", "--with-tokens", "--json", "--to", &with_tokens]).expect_code(0);
    assert!(copied.json()["tables"].is_array() && copied.stderr.is_empty(), "{copied:?}");
}

#[on_both]
fn copy_of_no_database_creates_nothing(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 1);
    let target = env.home().join("target.db");
    let refused = env.run(&["copy", "--to", &format!("sqlite://{}", target.display())]).expect_code(4);
    assert!(refused.stderr.contains("nothing to copy"), "{}", refused.stderr);
    assert!(!target.exists() && !env.database_file().exists());
}

#[on_sqlite]
fn values_of_any_type_are_copied_to_the_same_kind() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    env.sync(&[]);
    env.execute_sql("UPDATE anime SET rank = 'first' WHERE id = 2; UPDATE users SET last_mal_sync = 1767323045");
    let original = dump_database(&env);
    let target = create_target(&env, DatabaseKind::Sqlite, "target");
    copy_to(&env, &target, &["--with-tokens"]);
    switch_database(&mut env, DatabaseKind::Sqlite, &target);
    assert_same_dump(&dump_database(&env), &original);
}

#[on_postgres]
fn copy_is_a_snapshot_of_a_database_in_use(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 40);
    env.sync(&[]);
    let mut original = dump_database(&env);
    let target = create_target(&env, kind, "target");
    let (process, gate) = env.spawn_paused_at(&["copy", "--with-tokens", "--to", &target], "copy.chunk", 0);
    let reader = "(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND state = 'idle in transaction' AND query LIKE '%FROM \"users\"%')";
    wait_until("the users are copied", || query_count(&env, reader) > 0);
    env.sim.control().resize_list("alice", 50).unwrap();
    assert_eq!(env.sync(&["--force-full"])["user_lists_created"], 10);
    drop(gate);
    let output = env.wait_for_exit(process);
    assert_eq!(output.code, 0, "{}", output.stderr);
    switch_database(&mut env, kind, &target);
    // Sequences are no part of a snapshot: the copy goes on after the numbers that were given out meanwhile.
    let copied = dump_database(&env);
    original.insert("sequences".to_owned(), copied["sequences"].clone());
    assert_same_dump(&copied, &original);
}

#[on_both]
fn copy_that_a_trigger_changes_is_rolled_back(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 3);
    env.sync(&[]);
    let source_url = env.database_url();
    let target = create_target(&env, kind, "target");
    switch_database(&mut env, kind, &target);
    env.create_tables();
    env.execute_sql(match kind {
        DatabaseKind::Sqlite => {
            "CREATE TRIGGER shout AFTER INSERT ON anime BEGIN UPDATE anime SET title = title || '!' WHERE id = new.id; END"
        }
        DatabaseKind::Postgres => {
            "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.title := new.title || '!'; RETURN new; END $$; \
            CREATE TRIGGER shout BEFORE INSERT ON anime FOR EACH ROW EXECUTE FUNCTION shout()"
        }
    });
    switch_database(&mut env, kind, &source_url);
    let refused = env.run(&["copy", "--to", &target]).expect_code(6);
    assert!(
        refused.stderr.contains("table anime: the copy has 3 rows and the original 3, or their values differ"),
        "{refused:?}"
    );
    switch_database(&mut env, kind, &target);
    assert_eq!(query_count(&env, "(SELECT count(*) FROM anime)"), 0);
}
